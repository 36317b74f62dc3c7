public import OCI

/// A default image that is not in the cache and could not be pulled.
public struct MissingBootImage: Error, Sendable {
    public var reference: ImageReference
    public var firmware: Firmware
    /// Whether the image is published; false for one that is only built locally.
    public var isPublished: Bool
    /// The reason why it could not be pulled, other than that it was not found.
    public var cause: (any Error)?

    public init(reference: ImageReference, firmware: Firmware, isPublished: Bool, cause: (any Error)?) {
        self.reference = reference
        self.firmware = firmware
        self.isPublished = isPublished
        self.cause = cause
    }
}

/// The source of boot files given by the user.
public enum BootSource: Hashable, Sendable {
    /// A directory of the host.
    case directory(String)
    /// An image, from the cache only unless it may be pulled.
    case image(ImageReference, isFetched: Bool)
}
