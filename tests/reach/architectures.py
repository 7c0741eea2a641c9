"""Which architectures of timm and torchvision are tried, by family, at which size of image.

`"name"` is one of timm's, `"tv:name"` one of torchvision's; `@64` is the height and width of its images where 32 are too few,
`+relu` builds it with ReLUs in place of its own activations. Widths and depths are those that the names stand for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PIXELS = 32


@dataclass(frozen=True)
class Architecture:
    """`name` as in the table, `library` "timm" or "torchvision", `builder` its name there, `options` of its constructor."""

    name: str
    family: str
    library: str
    builder: str
    pixels: int
    options: Mapping[str, Any]


FAMILIES: Mapping[str, str] = {
    "AlexNet, VGG": "tv:alexnet@64 tv:vgg11 tv:vgg16_bn",
    "ResNet": "tv:resnet18 tv:resnet34 tv:resnet50 resnet10t resnet14t resnet26 resnet34d resnet50d resnet50c",
    "ResNeXt, wide": "tv:resnext50_32x4d tv:wide_resnet50_2 resnext50d_32x4d",
    "ResNet with blurs": "resnetblur18 resnetblur50 resnetaa50 resnet50_gn",
    "pre-activation ResNet": "resnetv2_18 resnetv2_34d resnetv2_50 resnetv2_50d_gn resnetv2_50x1_bit",
    "normaliser-free": "nf_resnet26 nf_resnet50 nf_ecaresnet26 nf_regnet_b0 nfnet_l0@64 test_nfnet@64",
    "Res2Net": "res2net50_26w_4s res2net50_14w_8s res2net50_48w_2s res2net50d res2next50",
    "DPN": "dpn48b dpn68 dpn68b dpn92",
    "CSP, Darknet": (
        "cspresnet50 cspresnext50 cspdarknet53 darknet17 darknet53 darknetaa53 cs3darknet_m cs3darknet_focus_s "
        "cs3darknet_focus_s+relu cs3darknet_m+relu"
    ),
    "ShuffleNet": "tv:shufflenet_v2_x0_5 tv:shufflenet_v2_x1_0 tv:shufflenet_v2_x1_5",
    "DLA": "dla34 dla46_c dla46x_c dla60 dla60x_c dla60_res2net dla60_res2next",
    "HRNet": "hrnet_w18_small hrnet_w18_small_v2 hrnet_w18",
    "NASNet": "nasnetalarge@64 pnasnet5large@64",
    "Inception": (
        "tv:googlenet tv:inception_v3@96 inception_v3@96 inception_v4@96 inception_resnet_v2@96 xception@64 "
        "legacy_xception@64 xception41@64 xception65@64 xception41p@64"
    ),
    "MobileNet": (
        "mobilenetv1_100 tv:mobilenet_v2 mobilenetv2_050 mobilenetv2_100 mobilenetv2_110d tv:mobilenet_v3_small "
        "tv:mobilenet_v3_large mobilenetv3_small_100 tf_mobilenetv3_small_minimal_100 mobilenet_edgetpu_v2_xs"
    ),
    "MobileNetV4": (
        "mobilenetv4_conv_small mobilenetv4_conv_small_050 mobilenetv4_conv_medium mobilenetv4_conv_blur_medium "
        "mobilenetv4_conv_aa_medium mobilenetv4_hybrid_medium_075@64"
    ),
    "MNASNet, FBNet": (
        "tv:mnasnet0_5 tv:mnasnet1_0 mnasnet_small semnasnet_075 spnasnet_100 fbnetc_100 hardcorenas_a mixnet_s tinynet_e"
    ),
    "EfficientNet": (
        "tv:efficientnet_b0 tv:efficientnet_v2_s efficientnet_b0 efficientnet_es efficientnet_em efficientnet_lite0 "
        "efficientnet_lite1 efficientnetv2_rw_t efficientnet_blur_b0 tf_efficientnet_es tf_efficientnet_lite0"
    ),
    "HGNet": "hgnet_tiny hgnetv2_b0 hgnetv2_b1",
    "MobileOne, RepVGG": "mobileone_s0 mobileone_s1 repvgg_a0 repvgg_b0 repvgg_b1g4 repghostnet_050 repvit_m0_9",
    "RegNet, GENet": (
        "tv:regnet_x_400mf tv:regnet_x_800mf tv:regnet_y_400mf regnetx_002 regnetx_004 regnety_002 regnetz_005 "
        "gernet_s gernet_m"
    ),
    "DenseNet": "tv:densenet121 tv:densenet169 densenetblur121d rdnet_tiny@64",
    "SqueezeNet": "tv:squeezenet1_0@64 tv:squeezenet1_1@64",
    "SelecSLS, VoVNet": "selecsls42 vovnet39a ese_vovnet19b_dw",
    "GhostNet": "ghostnet_050 ghostnetv2_100@64",
    "gates": ("seresnet50 ecaresnet26t skresnet18 resnest14d gcresnext26ts resnet32ts tresnet_m@64 lcnet_050"),
    "FasterNet, StarNet": "fasternet_t2 starnet_s1 convmixer_768_32@28",
    "dense outputs": "tv:fcn_resnet50 tv:deeplabv3_resnet50 tv:lraspp_mobilenet_v3_large",
    "ConvNeXt and the like": (
        "tv:convnext_tiny convnext_atto convnextv2_atto inception_next_atto mambaout_femto poolformer_s12@64 "
        "convformer_s18@64 edgenext_xx_small@64 focalnet_tiny_srf@64 fastvit_t8@64"
    ),
    "attention in convolutions": (
        "botnet26t_256@64 lambda_resnet26t@64 mobilevit_xxs@64 efficientvit_b0@64 "
        "efficientvit_m0@64 shvit_s1@64 levit_128s@64 maxvit_pico_rw_256@64 "
        "nextvit_small@64"
    ),
    "transformers": (
        "tv:vit_b_32@64 tv:swin_t@64 tv:swin_v2_t@64 vit_tiny_patch16_224@64 "
        "swin_tiny_patch4_window7_224@64 pit_ti_224@64 pvt_v2_b0@64 xcit_nano_12_p16_224@64 "
        "twins_svt_small@64 visformer_tiny@64"
    ),
    "MLP and recurrence": "mixer_s32_224@64 resmlp_12_224@64 gmlp_ti16_224@64 sequencer2d_s@64",
}
SIZED = frozenset(
    (
        "vit_tiny_patch16_224 swin_tiny_patch4_window7_224 pit_ti_224 xcit_nano_12_p16_224 "
        "visformer_tiny mixer_s32_224 resmlp_12_224 gmlp_ti16_224 sequencer2d_s "
        "maxvit_pico_rw_256 levit_128s twins_svt_small efficientvit_m0 botnet26t_256 lambda_resnet26t"
    ).split()
)
"""Builders of timm that must be told the size of the images."""
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "tv:vit_b_32": {"image_size": 64},
    "tv:googlenet": {"init_weights": False, "aux_logits": False},
    "tv:inception_v3": {"init_weights": False, "aux_logits": False},
    "tv:fcn_resnet50": {"weights_backbone": None},
    "tv:deeplabv3_resnet50": {"weights_backbone": None},
    "tv:lraspp_mobilenet_v3_large": {"weights_backbone": None},
}


def architectures() -> tuple[Architecture, ...]:
    """All of them, in the order of the table."""
    return tuple(_listed())


def _listed() -> Iterator[Architecture]:
    for family, names in FAMILIES.items():
        for written in names.split():
            yield _read(family, written)


def _read(family: str, written: str) -> Architecture:
    name, _, pixels = written.partition("@")
    size = int(pixels or PIXELS)
    plain, _, changed = name.partition("+")
    options = dict(OPTIONS.get(plain, {}))
    builder = plain.removeprefix("tv:")
    if builder in SIZED and builder == plain:
        options["img_size"] = size
    if changed:
        options["act_layer"] = changed
    library = "timm" if builder == plain else "torchvision"
    shown = builder + (f" ({changed})" if changed else "")
    return Architecture(shown, family, library, builder, size, options)
