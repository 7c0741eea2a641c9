"""The stages of a study: each takes artefacts and settings and gives artefacts and rows."""
