"""Community partners, in the words and tables of the open standard HSDS 3.1.

Lowest package with tables. Knows no web, no students and no matching engine.
"""
