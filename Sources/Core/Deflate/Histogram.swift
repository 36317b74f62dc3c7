/// How often each symbol occurs.
struct Histogram {
    /// 286 literal and length symbols, then 30 distance symbols.
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
    static let distanceStart = 288
    static let size = 320

    func deallocate() { counts.deallocate() }
    func clear() { counts.update(repeating: 0, count: Self.size) }
    func add(_ other: Histogram) {
        for index in 0..<Self.size { counts[index] &+= other.counts[index] }
    }
    var distances: UnsafeMutablePointer<UInt32> { counts + Self.distanceStart }
}
