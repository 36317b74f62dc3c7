/// Messages that no case provokes, each with the reason.
enum NotProvoked {
    static let messages: [(error: String, reason: String)] = [
        ("RegistryError, DaemonError", "need a registry or a daemon; RegistryTests words them"),
        ("SignatureError, SignatureLookupError", "need signatures in a registry; SignaturesTests words them"),
        ("SharingError", "needs a shared cache in a registry; SharingErrorTests words it"),
        ("PackagingError.packageGone, .digestMismatch, .invalidPackage", "need a Debian mirror"),
        ("PackagingError.changedWhileBuilding, StreamError.changed", "need a change at the right moment"),
        ("StreamError: permission denied", "differs for root; FailureTests and UnreadableCacheTests have it"),
        ("StreamError: read-only file system, no space for files", "need a mount; FullDiskTests has it"),
        ("a cache in use", "needs a second process; CacheCommandTests has it"),
        ("MissingProgram, UEFIFirmware", "depend on what is installed"),
        ("not enough memory to read it", "needs a machine without memory"),
    ]
}
