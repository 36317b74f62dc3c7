import Identikit

let builder = Builder(BuildServices(cache: "cache"), version: "example 1")
let request = try BuildRequest(["linuxkit.yml"], formats: ["kernel+initrd"], directory: "out")
for file in try await builder.build(request) {
    print(file.digest, file.path)
}
