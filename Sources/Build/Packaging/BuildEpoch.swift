public import FileTree

/// The time that a build stamps on what has no time of its own, and beyond which nothing is dated.
public enum BuildEpoch {
    /// 2017-04-18T16:30:00Z, the date LinuxKit stamps on generated files.
    public static let standard = Timestamp(seconds: 1_492_533_000)
}
