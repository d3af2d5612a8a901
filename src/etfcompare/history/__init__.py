"""What happened: files of flows, prices and holdings beside the catalogue, and figures of them."""
