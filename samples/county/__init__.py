"""An invented county: the true amounts of its departments, and the workbooks their clerks made of
them.
"""
