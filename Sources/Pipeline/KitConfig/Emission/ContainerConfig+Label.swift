internal import JSON

extension ContainerConfig {
    /// The text of an image's `org.mobyproject.config` label: Go's
    /// `json.Marshal` of all fields except `name` and `image`.
    public var label: [UInt8] {
        var object = encoded(.json).object ?? JSONObject()
        object["name"] = nil
        object["image"] = nil
        return JSONValue.object(object).encoded(.compact)
    }
}
