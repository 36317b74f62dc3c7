/// Columns aligned for reading.
struct Table {
    var rows: [[String]] = []

    /// The rows with each column as wide as its widest cell; numbers (`alignedRight`) flush right.
    func text(alignedRight: Set<Int> = []) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return alignedRight.contains(column) ? padding + cell : cell + padding
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}

extension UInt64 {
    /// The count of bytes as people read it: `312 B`, `4.2 MiB`.
    var readableSize: String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard self >= 1024 else { return "\(self) B" }
        var tenths = self * 10 / 1024
        var unit = 0
        while tenths >= 10240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
