"""The report of a run: `document` is its data, `markdown` its text, `plots` its pictures.

`writing` puts them into a folder.
"""
