"""From any line of a tree back to the manifest, and from any option forwards to its lines.

A question is read in `questions`, answered in `answers` (of a line, a file, an option, or a
directive that is not there) or `forwards`, and written in `terminal` or `structured`.
"""
