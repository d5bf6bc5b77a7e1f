"""The tool a county finance bureau runs on its departments' performance workbooks."""
