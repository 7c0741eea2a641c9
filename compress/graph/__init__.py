"""The one view of a model's graph: what each node is, how values flow, and the changes that compression may make."""
