internal import Bytes
internal import FileTree

/// The directories of one of an image's two hierarchies, numbered as in its path table: level by level, in a level
/// by their parents' numbers, below one parent by identifier (ECMA-119 6.9.1).
struct DirectoryHierarchy {
    /// What a directory record stands for.
    enum Role {
        case file
        case directory
        /// A file's record where a directory was that lies elsewhere (RRIP 4.1.5.1).
        case placeholder
        /// A directory that came from elsewhere (RRIP 4.1.5.3).
        case moved
        /// The directory that the moved ones lie in, of no entry of the tree.
        case relocation
    }

    struct Child {
        /// An entry of the tree.
        let entry: Int
        let role: Role
        /// Without version.
        let identifier: [UInt8]

        var isDirectory: Bool {
            switch role {
            case .directory, .moved, .relocation: true
            case .file, .placeholder: false
            }
        }
    }

    struct Directory {
        /// An entry of the tree; nil for the one that moved directories lie in.
        let entry: Int?
        let isMoved: Bool
        /// The number of the directory it lies in; 0, its own, for the root.
        let parent: Int
        /// The identifier in its parent; one zero byte for the root.
        let identifier: [UInt8]
        /// Sorted by identifier.
        var children: [Child] = []
    }

    private(set) var directories: [Directory] = []
    /// The number of each directory of the tree; -1 for other entries.
    private(set) var numbers: [Int32]
    /// The number of the directory that moved ones lie in.
    private(set) var relocation: Int?

    /// `members` gives the children of a directory (nil: of the one for moved directories), sorted.
    private init(tree: FileTree, members: (Int?) -> [Child]) {
        numbers = [Int32](repeating: -1, count: tree.count)
        directories.append(
            Directory(entry: FileTree.root, isMoved: false, parent: 0, identifier: [0]))
        var next = 0
        while next < directories.count {
            let entry = directories[next].entry
            if let entry { numbers[entry] = Int32(next) } else { relocation = next }
            let children = members(entry)
            for child in children where child.isDirectory {
                directories.append(
                    Directory(
                        entry: child.role == .relocation ? nil : child.entry, isMoved: child.role == .moved,
                        parent: next, identifier: child.identifier))
            }
            directories[next].children = children
            next += 1
        }
    }

    private static func sorted(_ children: [Child]) -> [Child] {
        children.sorted { $0.identifier.lexicographicallyPrecedes($1.identifier) }
    }
}

extension DirectoryHierarchy {
    /// The primary one, of all files. Directories below the eighth level are moved up (ECMA-119 6.8.2.1).
    static func primary(_ tree: FileTree) -> DirectoryHierarchy {
        let moved = movedDirectories(of: tree)
        var isMoved = [Bool](repeating: false, count: tree.count)
        for entry in moved { isMoved[entry] = true }
        return DirectoryHierarchy(tree: tree) { directory in
            var names = PrimaryNames()
            var children: [Child] = []
            func add(_ entry: Int, _ role: Role, _ name: ByteString) {
                let takesDirectory = role != .file && role != .placeholder
                children.append(
                    Child(
                        entry: entry, role: role,
                        identifier: names.take(name, isDirectory: takesDirectory)))
            }
            guard let directory else {
                for entry in moved { add(entry, .moved, tree.name(of: entry)) }
                return sorted(children)
            }
            for entry in tree.children(of: directory) {
                let isDirectory = tree.node(of: entry).kind == .directory
                let role: Role = isDirectory ? (isMoved[entry] ? .placeholder : .directory) : .file
                add(entry, role, tree.name(of: entry))
            }
            if directory == FileTree.root, !moved.isEmpty { add(directory, .relocation, "rr_moved") }
            return sorted(children)
        }
    }

    /// The directories that would be on the ninth level, also below those that are moved to the third.
    private static func movedDirectories(of tree: FileTree) -> [Int] {
        var levels = [UInt8](repeating: 1, count: tree.count)
        var moved: [Int] = []
        for entry in 1..<max(tree.count, 1) where tree.node(of: entry).kind == .directory {
            levels[entry] = levels[tree.parent(of: entry) ?? FileTree.root] + 1
            if levels[entry] > 8 {
                levels[entry] = 3
                moved.append(entry)
            }
        }
        return moved
    }

    /// The one for Joliet, of directories and regular files. It may be of any depth. `changed` hears of names that
    /// are not as they were, in the order of the hierarchy.
    static func joliet(_ tree: FileTree, changed: (Int, String) -> Void) -> DirectoryHierarchy {
        DirectoryHierarchy(tree: tree) { directory in
            guard let directory else { return [] }
            var names = JolietNames()
            var children: [Child] = []
            for entry in tree.children(of: directory) {
                let kind = tree.node(of: entry).kind
                guard kind == .directory || kind == .regular else { continue }
                let isDirectory = kind == .directory
                let name = names.take(tree.name(of: entry), isDirectory: isDirectory)
                if let text = name.changed { changed(entry, text) }
                children.append(
                    Child(
                        entry: entry, role: isDirectory ? .directory : .file, identifier: name.identifier))
            }
            return sorted(children)
        }
    }
}

extension DirectoryHierarchy {
    /// The numbers of the directories in the order in which they lie in the image: as they come, but moved ones
    /// first, and what is below those that stood deepest before what is below the others. libarchive, which reads
    /// from front to back, connects a moved directory only as long as the one above it is not connected.
    var order: [Int] {
        guard relocation != nil else { return Array(directories.indices) }
        // For each directory the entry of the moved one it lies in; 0 for those that lie in none.
        var movedAbove = [Int](repeating: 0, count: directories.count)
        for (number, directory) in directories.enumerated() {
            movedAbove[number] = directory.isMoved ? directory.entry ?? 0 : movedAbove[directory.parent]
        }
        let keys = directories.indices.map { number in
            let isFirst = number == 0 || number == relocation || directories[number].isMoved
            return (isFirst ? 0 : 1, isFirst ? 0 : -movedAbove[number], number)
        }
        return directories.indices.sorted { keys[$0] < keys[$1] }
    }
}
