"""The pages that citizens read and answer on, without script or account. Backend layer; only posts change anything."""
