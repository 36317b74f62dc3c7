internal import Digests
internal import FileTree

/// The files of a tree by their contents: equal contents have the same blocks.
struct ContentGroups {
    struct Group {
        let contents: FileContents
        /// How many inodes have these contents.
        var members = 0
        /// Bytes of the largest inode among them, its attributes included.
        var largestInode = 0
        var start = Inode.noBlock

        /// Bytes after the last whole block.
        func tail(blockSize: Int) -> Int { Int(contents.count % UInt64(blockSize)) }

        /// True if the tail stands behind each inode: wherever it fits, unless one block for all takes less room.
        func isInline(blockSize: Int) -> Bool {
            let tail = tail(blockSize: blockSize)
            return tail > 0 && largestInode + tail <= blockSize && tail * members <= blockSize
        }
    }

    /// By first appearance.
    private(set) var groups: [Group] = []
    private var numbers: [SHA256Digest: Int] = [:]

    /// Adds a file that is not empty, and returns its group.
    mutating func add(_ contents: FileContents, inodeSize: Int) -> Int {
        let digest = contents.contentDigest
        let number = numbers[digest] ?? groups.count
        if number == groups.count {
            groups.append(Group(contents: contents))
            numbers[digest] = number
        }
        groups[number].members += 1
        groups[number].largestInode = max(groups[number].largestInode, inodeSize)
        return number
    }

    mutating func setStart(_ block: UInt32, of group: Int) { groups[group].start = block }
}
