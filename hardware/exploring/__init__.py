"""Millions of design points by arithmetic on tables of their layers, what is kept of them, and how sure that is."""
