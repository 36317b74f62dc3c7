internal import Bytes
internal import FileTree
internal import ISO9660

/// Something in the image that a format cannot represent.
public struct Loss: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// An extended attribute. `store` is the format that cannot represent it: "squashfs", "an initrd".
        case attribute(name: String, store: String)
        /// Microcode, in a format without an initrd.
        case microcode
        /// The end of a long name, which Linux does not show.
        case nameEnd
        /// The full name in the directories for Windows, which have the given name instead.
        case jolietName(String)
    }

    /// The path in the image, without a leading slash.
    public var path: String
    public var kind: Kind

    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// Whether the loss is visible to Linux, which makes it an error with `--strict`.
    var isSeenByLinux: Bool {
        if case .jolietName = kind { return false }
        return true
    }
}

extension Loss {
    init(_ attribute: DroppedAttribute, store: String) {
        self.init(
            path: attribute.path.text, kind: .attribute(name: attribute.name.text, store: store))
    }

    static func losses(_ loss: ISO9660Loss) -> [Loss] {
        switch loss {
        case .attributes(let path, let names):
            names.map {
                Loss(path: path.text, kind: .attribute(name: $0.text, store: "ISO 9660"))
            }
        case .jolietName(let path, let joliet): [Loss(path: path.text, kind: .jolietName(joliet))]
        case .nameBeyondLinux(let path): [Loss(path: path.text, kind: .nameEnd)]
        }
    }
}
