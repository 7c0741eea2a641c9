"""The spike core as files: schema, memories, golden traces, and reading them again."""
