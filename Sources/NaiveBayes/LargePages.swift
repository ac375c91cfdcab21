internal import CWeights

extension Array {
  /// An array for access all over, on large pages where the system has them: for hundreds of megabytes finding a page takes
  /// longer than reading it. O(count).
  init(largePages count: Int, _ element: (Int) -> Element) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      weerbaar_large_pages(base, count * MemoryLayout<Element>.stride)
      for place in 0..<count { (base + place).initialize(to: element(place)) }
      initialized = count
    }
  }
}
