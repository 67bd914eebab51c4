"""Telling the catalog to the outside, in the open standard: HSDS 3.1.

`hsds_json` nests objects (for files and for the public API), `hsds_csv` writes the tabular package.
`fields` says column by column what is told, and keeps back what is not for everyone.
"""
