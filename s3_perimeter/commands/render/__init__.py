"""Renderers: what commands print, one format a module."""
