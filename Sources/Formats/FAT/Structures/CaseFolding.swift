/// What makes two names one to a system that ignores case: characters by their simple upper-case form.
enum CaseFolding {
    /// Characters outside ASCII never become ASCII ones, as the dotless i would: the tables that systems have
    /// for FAT don't do that either.
    static func fold(_ units: [UInt16]) -> [UInt16] {
        if units.allSatisfy({ $0 < 0x80 }) {
            return units.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        }
        var folded: [UInt16] = []
        for scalar in String(decoding: units, as: UTF16.self).unicodeScalars {
            let upper = scalar.properties.uppercaseMapping.unicodeScalars
            if let only = upper.first, upper.count == 1, only.isASCII == scalar.isASCII {
                folded.append(contentsOf: String(Character(only)).utf16)
            } else {
                folded.append(contentsOf: String(Character(scalar)).utf16)
            }
        }
        return folded
    }
}
