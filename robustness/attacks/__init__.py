"""Attacks on images, their geometry and losses, and signs of masked gradients."""
