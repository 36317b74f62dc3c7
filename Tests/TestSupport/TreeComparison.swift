public import Bytes
public import FileTree
internal import Foundation

/// What a reader found in an image, beside the tree that was written.
public enum TreeComparison {
    /// What a format keeps; all of it unless said otherwise.
    public struct Kept {
        /// The path under which a file is found; nil for one that is rightly left out.
        public var path: (ByteString) -> ByteString? = { $0 }
        public var permissions = true
        public var owners = true
        /// The time as the format can hold it: clamped, fractions floored.
        public var time: (Timestamp) -> Timestamp = { $0 }
        /// Whether an extended attribute is kept, by name.
        public var attribute: (ByteString) -> Bool = { _ in true }
        /// Whether the names of one file of a kind are found as such.
        public var hardLinks: (FileKind) -> Bool = { _ in true }
        /// Whether the root's own metadata are kept.
        public var rootMetadata = true

        public init() {}

        /// Whole seconds in a range, those outside clamped.
        public static func seconds(_ range: ClosedRange<Int64>) -> (Timestamp) -> Timestamp {
            { Timestamp(seconds: min(max($0.seconds, range.lowerBound), range.upperBound)) }
        }
    }

    /// Every difference as a sentence that begins with the path; none if the image holds the tree. Reads all
    /// contents, of each name once.
    public static func differences<Reader: FileSystemReader>(
        between tree: FileTree, _ store: some BlobStore, and reader: Reader, kept: Kept = Kept()
    ) -> [String] {
        var state = Comparison(tree: tree, kept: kept)
        do throws(Reader.Failure) {
            try reader.walk { (found, handle) throws(Reader.Failure) in
                guard let entry = state.compare(found) else { return }
                let contents = state.tree.node(of: entry).contents
                guard contents.count == found.size else {
                    return state.tell(found.path, "has \(found.size) bytes, not \(contents.count)")
                }
                let source = try reader.contents(of: handle)
                if let difference = ContentComparison.difference(contents, store, source) {
                    state.tell(found.path, difference)
                }
            }
        } catch { state.differences.append("the reader fails: \(error)") }
        state.tellMissing()
        return state.differences
    }
}

private struct Comparison {
    let tree: FileTree
    let kept: TreeComparison.Kept
    var differences: [String] = []
    /// The entries that are to be found, by path.
    private var expected: [ByteString: Int] = [:]
    private var isFound: [Bool]
    /// Files and nodes that have been found to be the same.
    private var nodeOfFile: [UInt64: Int] = [:]
    private var fileOfNode: [Int: UInt64] = [:]
    private var last: ByteString?

    init(tree: FileTree, kept: TreeComparison.Kept) {
        self.tree = tree
        self.kept = kept
        isFound = [Bool](repeating: false, count: tree.count)
        for entry in tree {
            guard let path = entry.index == FileTree.root ? entry.path : kept.path(entry.path) else {
                isFound[entry.index] = true
                continue
            }
            expected[path] = entry.index
        }
    }

    mutating func tell(_ path: ByteString, _ text: String) {
        differences.append("\(path.text.debugDescription): \(text)")
    }

    /// Compares all but contents; the entry of a regular file, whose contents are still to be compared.
    mutating func compare(_ found: FoundFile) -> Int? {
        checkOrder(found.path)
        guard let entry = expected[found.path] else {
            tell(found.path, "is not in the tree")
            return nil
        }
        if isFound[entry] { tell(found.path, "is found twice") }
        isFound[entry] = true
        let node = tree.node(of: entry)
        guard found.kind == node.kind else {
            tell(found.path, "is \(found.kind), not \(node.kind)")
            return nil
        }
        if entry != FileTree.root || kept.rootMetadata {
            compare(found.metadata, node.metadata, at: found.path)
        }
        compareIdentity(found, tree[entry].nodeIndex, node.kind)
        return node.kind == .regular ? entry : nil
    }

    private mutating func compare(_ found: FileMetadata, _ wanted: FileMetadata, at path: ByteString) {
        if kept.permissions, found.permissions != wanted.permissions {
            tell(
                path,
                "has mode \(String(found.permissions, radix: 8)), not \(String(wanted.permissions, radix: 8))"
            )
        }
        if kept.owners, (found.uid, found.gid) != (wanted.uid, wanted.gid) {
            tell(path, "belongs to \(found.uid):\(found.gid), not \(wanted.uid):\(wanted.gid)")
        }
        let time = kept.time(wanted.modified)
        if found.modified != time { tell(path, "is of \(found.modified), not \(time)") }
        let attributes = wanted.xattrs.filter { kept.attribute($0.name) }
        if found.xattrs != attributes {
            tell(
                path,
                "has attributes \(found.xattrs.map(\.name.text)), not \(attributes.map(\.name.text)), or other values"
            )
        }
    }

    private mutating func compareIdentity(_ found: FoundFile, _ node: Int, _ kind: FileKind) {
        guard kept.hardLinks(kind) else { return }
        if let known = nodeOfFile[found.fileNumber], known != node {
            tell(
                found.path,
                "is one file with \(tree[tree.firstEntry(of: known)].path), which it is not in the tree")
        }
        if let known = fileOfNode[node], known != found.fileNumber {
            tell(found.path, "is not one file with \(tree[tree.firstEntry(of: node)].path)")
        }
        if nodeOfFile[found.fileNumber] == nil { nodeOfFile[found.fileNumber] = node }
        if fileOfNode[node] == nil { fileOfNode[node] = found.fileNumber }
    }

    /// Parents come first; of two names in one directory, the smaller one does.
    private mutating func checkOrder(_ path: ByteString) {
        defer { last = path }
        guard let last else {
            if !path.isEmpty { tell(path, "comes before the root") }
            return
        }
        let order = path.bytes.split(separator: 0x2F), before = last.bytes.split(separator: 0x2F)
        let isAfter = before.lexicographicallyPrecedes(order) { $0.lexicographicallyPrecedes($1) }
        if !isAfter { tell(path, "comes after \(last)") }
    }

    mutating func tellMissing() {
        for entry in tree where !isFound[entry.index] { tell(entry.path, "is missing") }
    }
}

extension FileTree {
    /// The first entry that has the node.
    fileprivate func firstEntry(of node: Int) -> Int {
        first { $0.nodeIndex == node }?.index ?? FileTree.root
    }
}

private enum ContentComparison {
    /// Where the bytes differ first, or why they cannot be read.
    static func difference(
        _ contents: FileContents, _ store: some BlobStore, _ source: any ByteSource
    ) -> String? {
        do throws(StreamError) {
            var wanted = try store.source(contents)
            var found = source
            let size = Int(min(max(contents.count, 4096), 1 << 20))
            let left = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            let right = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            defer {
                left.deallocate()
                right.deallocate()
            }
            var offset: UInt64 = 0
            while true {
                let count = try fill(left, from: &wanted)
                let other = try fill(right, from: &found)
                let common = min(count, other)
                if let index = firstDifference(left, right, common) {
                    return "other contents from byte \(offset + UInt64(index)) on"
                }
                if count != other { return "\(offset + UInt64(other)) bytes come, not \(contents.count)" }
                if count == 0 { return nil }
                offset += UInt64(count)
            }
        } catch { return "contents can't be read: \(error)" }
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from source: inout any ByteSource
    ) throws(StreamError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let step = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if step == 0 { break }
            filled += step
        }
        return filled
    }

    private static func firstDifference(
        _ left: UnsafeMutableRawBufferPointer, _ right: UnsafeMutableRawBufferPointer, _ count: Int
    ) -> Int? {
        guard count > 0, let start = left.baseAddress, let other = right.baseAddress,
            memcmp(start, other, count) != 0
        else { return nil }
        return (0..<count).first { left[$0] != right[$0] }
    }
}
