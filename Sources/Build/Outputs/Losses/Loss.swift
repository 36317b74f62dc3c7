internal import Bytes
internal import FileTree
internal import ISO9660

/// Something of the image that a format does not keep.
public struct Loss: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// An extended attribute. `store` is what cannot hold it: "squashfs", "an initrd".
        case attribute(name: String, store: String)
        /// Microcode, where there is no initrd to put it in front of.
        case microcode
        /// The end of a long name, which Linux does not show.
        case nameEnd
        /// The whole name in the directories for Windows, where it is the one given here.
        case jolietName(String)
    }

    /// In the image, without a slash in front.
    public var path: String
    public var kind: Kind

    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// True if a Linux that reads the output sees less than the image has: what `--strict` asks about.
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
