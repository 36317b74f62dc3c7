public import JSON

/// The structures of the OCI runtime specification and of LinuxKit's runtime, as Go marshals them.
extension Mount {
    public var json: JSONValue { encoded(.json) }
}

extension IDMapping {
    public var json: JSONValue { encoded(.json) }
}

extension Resources {
    public var json: JSONValue { encoded(.json) }
}

extension RuntimeConfig {
    public var json: JSONValue { encoded(.json) }
}
