/// Some literals, then a match: what the parser makes of the input.
struct MatchSequence {
    /// Bytes taken as they are.
    var literals: UInt32
    /// 3 to 258, or 0 where no match follows.
    var length: UInt16
    /// 1 to 32768.
    var distance: UInt16
}
