import Decompression
import Foundation

/// What gzip 1.12, Python's zlib, zstd 1.5.4, xz 5.4.1 and lz4 1.9.4 wrote for two texts.
enum Fixture {
    static let text: [Compression: [UInt8]] = encodedText.mapValues(decode)
    static let second: [Compression: [UInt8]] = encodedSecond.mapValues(decode)

    static let plainText = Array((0..<40).map { "line \($0) of the text\n" }.joined().utf8)
    static let plainSecond = Array("second member\n".utf8)

    private static func decode(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }

    private static let encodedText: [Compression: String] = [
        .gzip: """
        H4sIAAAAAAACA23SMQ6DQBBD0Z5T7BGwnUA40KIgodBswfGjlNH89ld+mjmPT29zu/Y23r2Nfo/p/CXV5JpS06OmZ0\
        1LTWtNr5o2mErzYb8AIBAICAKDACFQCBgCh8FhugM4DA6Dw+AwOAwOg8PgCDgCjtBDgSPgCDgCjoAj4Mi/4wuyk3UH\
        FgMAAA==
        """,
        .zlib: """
        eNpt0jEOg0AQQ9GeU+wRsJ1AONCiIKHQbMHxo5TR/PZXfpo5j09vc7v2Nt69jX6P6fwl1eSaUtOjpmdNS01rTa+aNp\
        hK82G/ACAQCAgCgwAhUAgYAofBYboDOAwOg8PgMDgMDoPD4Ag4Ao7QQ4Ej4Ag4Ao6AI+DIv+MLIgQAKA==
        """,
        .zstd: """
        KLUv/WQWAtUCAIJFDxCw6+DbQrxhkaaJTUlqDHQl5uXk4+Lhv9/njYuJh4WDb7tOm5aSjoqGvm6bNYUMEe4C947Dkx\
        yihomHqRUoqBHw9P038OUQEuERYT47nfyF1WpZ0UCqAkLDCgE=
        """,
        .xz: """
        /Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AMVAG9dADYaSh8IoCYDTQad+LKKIkUYs3IS1S1x72Wfti/hVx3CTxD+GW\
        /qXJgNnwbYiq8dreVh7rjJv3jF5Fs36gUBzxY7MNrS0lfe7k8hp5DnjrTDu+6UDfjjpGTr6se26jvy8M1h19GQum6h\
        Pet670UuAAAABgDlRWGdC7AAAYsBlgYAALzb5BaxxGf7AgAAAAAEWVo=
        """,
        .lz4: """
        BCJNGGRAp9MAAADxBGxpbmUgMCBvZiB0aGUgdGV4dAoTAB4xEwAeMhMAHjMTAB40EwAeNRMAHjYTAB43EwAeOBMAHz\
        mrAAAPvwABD8AAAB8xwQAAHzHCAAAfMcMAAB8xxAAAHzHFAAAfMcYAAB8xxwAAHzHIAAAfMsgAAB8yiAEBD8gAAB8y\
        yAAAHzLIAAAfMsgAAB8yyAAAHzLIAAAfMsgAAB8yyAAAHzPIAAAfM8gAAB8zUQIBD8gAAB8zyAAAHzPIAAAfM8gAAB\
        8zyAAAHzPIAAAVM8gAUHRleHQKAAAAAA76Ygg=
        """,
        .lz4Legacy: """
        AiFMGNMAAADxBGxpbmUgMCBvZiB0aGUgdGV4dAoTAB4xEwAeMhMAHjMTAB40EwAeNRMAHjYTAB43EwAeOBMAHzmrAA\
        APvwABD8AAAB8xwQAAHzHCAAAfMcMAAB8xxAAAHzHFAAAfMcYAAB8xxwAAHzHIAAAfMsgAAB8yiAEBD8gAAB8yyAAA\
        HzLIAAAfMsgAAB8yyAAAHzLIAAAfMsgAAB8yyAAAHzPIAAAfM8gAAB8zUQIBD8gAAB8zyAAAHzPIAAAfM8gAAB8zyA\
        AAHzPIAAAVM8gAUHRleHQK
        """,
    ]
    private static let encodedSecond: [Compression: String] = [
        .gzip: "H4sIAAAAAAACAytOTc7PS1HITc1NSi3iAgA2GEsODgAAAA==",
        .zlib: "eNorTk3Oz0tRyE3NTUot4gIAKNEFHw==",
        .zstd: "KLUv/SQOcQAAc2Vjb25kIG1lbWJlcgo5usyy",
        .xz: """
        /Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQANc2Vjb25kIG1lbWJlcgoAAAAtFN8uhdN1OwABJg4IG+AEH7bzfQEAAA\
        AABFla
        """,
        .lz4: "BCJNGGRApw4AAIBzZWNvbmQgbWVtYmVyCgAAAAALBPfO",
        .lz4Legacy: "AiFMGA8AAADgc2Vjb25kIG1lbWJlcgo=",
    ]
}
