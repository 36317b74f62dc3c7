internal import Bytes
public import FileTree

/// An ISO 9660 volume of level 3 with Rock Ridge 1.12 and, as its options say, Joliet and El Torito, laid out and not
/// yet written. Nothing is read from contents. One tree and the same options give the same bytes.
public struct ISO9660Image: Sendable {
    /// Bytes of the system area, which is the caller's: partition tables and boot code.
    public static let systemAreaLength = Sector.systemArea * Sector.size

    /// What the volume does not hold of the tree, in the order of the tree.
    public let losses: [ISO9660Loss]
    /// Where the images of `ISO9660Options.bootEntries` lie, in their order.
    public let bootImages: [ISO9660Location]
    /// Bytes of the image.
    public let count: UInt64

    /// From behind the system area to the end.
    private let volume: ExtentMap

    /// Lays out `tree`.
    public init(tree: FileTree, options: ISO9660Options) throws(ISO9660Error) {
        try options.check()
        for node in tree.nodes where Sector.count(node.contents.count) > UInt64(UInt32.max) {
            throw .imageTooLarge(sectors: Sector.count(node.contents.count))
        }
        let aliases = try AliasedNode.resolved(options, tree)
        let primary = DirectoryHierarchy.primary(tree)
        var jolietNames: [(entry: Int, name: String)] = []
        let joliet = options.joliet ? DirectoryHierarchy.joliet(tree) { jolietNames.append(($0, $1)) } : nil
        losses = ISO9660Loss.losses(of: tree, jolietNames: jolietNames)
        var writer = DirectoryEncoder(tree: tree, stamp: options.stamp, hierarchy: primary)
        let primaryPart = VolumeLayout.Hierarchy(primary, try writer.primary())
        var jolietPart: VolumeLayout.Hierarchy?
        if let joliet {
            writer = DirectoryEncoder(tree: tree, stamp: options.stamp, hierarchy: joliet)
            jolietPart = VolumeLayout.Hierarchy(joliet, try writer.joliet())
        }
        let layout = try VolumeLayout(
            tree: tree, primary: primaryPart, joliet: jolietPart, options: options, aliases: aliases)
        bootImages = layout.bootImages
        count = UInt64(layout.sectors) * UInt64(Sector.size)
        volume = VolumeAssembly(tree: tree, options: options, layout: layout).extents
    }

    /// The image with an empty system area.
    public var extents: ExtentMap {
        var map = ExtentMap()
        map.append(zeros: UInt64(Self.systemAreaLength))
        map.append(volume)
        return map
    }

    /// The image with `systemArea`, up to 32,768 bytes, at its start: a master boot record, or partition tables that
    /// are made when `count` and `bootImages` are known.
    public func extents(systemArea: [UInt8]) throws(ISO9660Error) -> ExtentMap {
        guard systemArea.count <= Self.systemAreaLength else {
            throw .noRoom(what: "the system area", count: systemArea.count, limit: Self.systemAreaLength)
        }
        var map = ExtentMap()
        map.append(systemArea)
        map.append(zerosUpTo: UInt64(Self.systemAreaLength))
        map.append(volume)
        return map
    }
}
