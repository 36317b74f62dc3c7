extension JSONValue {
    /// A floating-point number as Go's `encoding/json` writes it: the shortest
    /// digits that read back equal, with an exponent below 1e-6 and from 1e21 on.
    /// `nil` for an infinity or NaN, which JSON has no form for.
    public static func number(_ value: Double) -> JSONValue? {
        guard value.isFinite else { return nil }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, exponent) = shortestDigits(value.magnitude)
        return .decimal(sign + goText(digits: digits, exponent: exponent))
    }

    /// `digits` with an exponent such that the value is `0.digits × 10^exponent`.
    private static func shortestDigits(_ magnitude: Double) -> (digits: String, exponent: Int) {
        // The standard library's description is the shortest text that round-trips.
        let parts = magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var exponent = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var digits = String(whole + fraction)
        while digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return digits.isEmpty ? ("0", 1) : (digits, exponent)
    }

    private static func goText(digits: String, exponent: Int) -> String {
        let scientific = exponent - 1
        if scientific < -6 || scientific >= 21 {
            let rest = digits.dropFirst()
            let sign = scientific < 0 ? "-" : "+"
            return digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + sign
                + String(scientific.magnitude)
        }
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + digits }
        if exponent >= digits.count {
            return digits + String(repeating: "0", count: exponent - digits.count)
        }
        return digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }
}
