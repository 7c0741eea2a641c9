"""Search: a study file with alternatives is a space of studies, and the points of it that no other beats are looked for."""
