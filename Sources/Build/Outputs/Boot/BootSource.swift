public import OCI

/// A default image that has no boot files to give: it is not in the cache and could not be pulled.
public struct MissingBootImage: Error, Sendable {
    public var reference: ImageReference
    public var firmware: Firmware
    /// False for an image that is only ever made locally.
    public var isPublished: Bool
    /// Why it could not be pulled, where there is more to say than that nobody has it.
    public var cause: (any Error)?

    public init(reference: ImageReference, firmware: Firmware, isPublished: Bool, cause: (any Error)?) {
        self.reference = reference
        self.firmware = firmware
        self.isPublished = isPublished
        self.cause = cause
    }
}

/// Where the programs that start a kernel are said to be.
public enum BootSource: Hashable, Sendable {
    /// A folder of the host.
    case folder(String)
    /// An image: of the cache alone, unless it may be fetched.
    case image(ImageReference, isFetched: Bool)
}
