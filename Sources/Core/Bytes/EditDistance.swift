/// How far apart two names are, for "did you mean".
public enum EditDistance {
    /// The insertions, deletions, replacements and swaps of neighbours that turn one into the other, over bytes
    /// (optimal string alignment).
    public static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = Array(0...right.count)
        var last = beforeLast
        var row = beforeLast
        for i in left.indices {
            row[0] = i + 1
            for j in right.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row[j + 1] = cost
            }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[right.count]
    }
}
