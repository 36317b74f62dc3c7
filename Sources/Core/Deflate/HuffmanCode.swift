/// A length-limited Huffman code over up to 288 symbols, the lengths for any format, the codes for DEFLATE (RFC 1951,
/// section 3.2.2).
///
/// The arrays are the encoder's and are used again for each block.
package struct HuffmanCode {
    static let capacity = 288

    /// Code length in bits of each symbol; 0 where it is not used.
    package let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    /// Codes, reversed as they go into the stream.
    let codes = UnsafeMutablePointer<UInt16>.allocate(capacity: capacity)
    /// Frequency << 16 | symbol of the symbols in use, rarest first; then the tree's links.
    private let leaves = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    private let nodes = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2)
    private let parents = UnsafeMutablePointer<UInt16>.allocate(capacity: capacity * 2)

    package init() {}

    package func deallocate() {
        lengths.deallocate()
        codes.deallocate()
        leaves.deallocate()
        nodes.deallocate()
        parents.deallocate()
    }

    /// Makes the code for `frequencies`, with no length above `limit`.
    ///
    /// At least two symbols get a code: some decoders refuse a code of one.
    package func build(_ frequencies: UnsafePointer<UInt32>, count: Int, limit: Int) {
        lengths.update(repeating: 0, count: count)
        var used = 0
        for symbol in 0..<count where frequencies[symbol] > 0 {
            leaves[used] = UInt64(frequencies[symbol]) << 16 | UInt64(symbol)
            used &+= 1
        }
        if used < 2 {
            let only = used == 1 ? Int(leaves[0] & 0xffff) : 0
            lengths[only] = 1
            lengths[only == 0 ? 1 : 0] = 1
        } else {
            sort(used)
            var counts = countDepths(used, limit: limit)
            assign(&counts, used, limit: limit)
        }
        assignCodes(count: count, limit: limit)
    }

    /// Shell sort: the keys differ, so any sort gives the same order, and this one takes no memory.
    private func sort(_ count: Int) {
        for gap in [132, 57, 23, 10, 4, 1] where gap < count {
            for start in gap..<count {
                let key = leaves[start]
                var index = start
                while index >= gap && leaves[index &- gap] > key {
                    leaves[index] = leaves[index &- gap]
                    index &-= gap
                }
                leaves[index] = key
            }
        }
    }

    /// How many leaves of the Huffman tree lie at each depth, all below `limit` counted at `limit`.
    private func countDepths(_ count: Int, limit: Int) -> [Int] {
        // Leaves are nodes 0 to count - 1, inner nodes follow in the order of their weight.
        for leaf in 0..<count { nodes[leaf] = UInt32(truncatingIfNeeded: leaves[leaf] >> 16) }
        var leaf = 0
        var inner = count
        let root = 2 &* count &- 2
        for node in count...root {
            var weight: UInt32 = 0
            for _ in 0..<2 {
                let takesLeaf = leaf < count && (inner == node || nodes[leaf] <= nodes[inner])
                let child = takesLeaf ? leaf : inner
                if takesLeaf { leaf &+= 1 } else { inner &+= 1 }
                weight &+= nodes[child]
                parents[child] = UInt16(truncatingIfNeeded: node)
            }
            nodes[node] = weight
        }
        // From the root down, a node's place takes its depth.
        var counts = [Int](repeating: 0, count: limit + 1)
        nodes[root] = 0
        for node in stride(from: root - 1, through: 0, by: -1) {
            let depth = nodes[Int(parents[node])] &+ 1
            nodes[node] = depth
            if node < count { counts[min(Int(depth), limit)] &+= 1 }
        }
        return counts
    }

    /// Gives the longest codes to the rarest symbols, once `counts` make a prefix code.
    private func assign(_ counts: inout [Int], _ used: Int, limit: Int) {
        // Cut depths may take more than the whole code space; each step below frees one unit of it.
        var excess = -(1 << limit)
        for depth in 1...limit { excess += counts[depth] << (limit - depth) }
        while excess > 0 {
            var depth = limit - 1
            while counts[depth] == 0 { depth -= 1 }
            counts[depth] -= 1
            counts[depth + 1] += 2
            counts[limit] -= 1
            excess -= 1
        }
        var leaf = 0
        for depth in stride(from: limit, to: 0, by: -1) {
            for _ in 0..<counts[depth] {
                lengths[Int(leaves[leaf] & 0xffff)] = UInt8(depth)
                leaf &+= 1
            }
        }
    }

    /// RFC 1951, section 3.2.2: codes of one length are consecutive, in the symbols' order.
    func assignCodes(count: Int, limit: Int) {
        var counts = [UInt16](repeating: 0, count: limit + 2)
        for symbol in 0..<count where lengths[symbol] > 0 { counts[Int(lengths[symbol])] &+= 1 }
        var next = [UInt16](repeating: 0, count: limit + 2)
        for length in 1...limit { next[length + 1] = (next[length] &+ counts[length]) << 1 }
        for symbol in 0..<count where lengths[symbol] > 0 {
            let length = Int(lengths[symbol])
            codes[symbol] = Self.reversed(next[length]) >> UInt16(16 - length)
            next[length] &+= 1
        }
    }

    private static func reversed(_ value: UInt16) -> UInt16 {
        var bits = value
        bits = (bits & 0x5555) << 1 | (bits >> 1) & 0x5555
        bits = (bits & 0x3333) << 2 | (bits >> 2) & 0x3333
        bits = (bits & 0x0f0f) << 4 | (bits >> 4) & 0x0f0f
        return bits.byteSwapped
    }
}
