//! Empty: the test beside it keeps the direction of the workspace's dependencies.
