"""Where a conversion loses: model, rewrite and spiking network side by side, and the error of every layer taken apart."""

from spikewright.conversion.diagnosis.records import PARTS, Diagnosis, ErrorPart, LayerDiagnosis
from spikewright.conversion.diagnosis.run import diagnose

__all__ = ["PARTS", "Diagnosis", "ErrorPart", "LayerDiagnosis", "diagnose"]
