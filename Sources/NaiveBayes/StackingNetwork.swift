internal import CWeights

/// Joins sixteen scores into log-odds for each question: stacked generalization (Wolpert, 1992) by a network with one
/// hidden layer of rectified units.
///
/// A linear score for "abusive" cannot say "a threat or an insult or doxing, but no quotation": the other scores tell. What
/// scores come in need not be of the questions that log-odds go out for. The network is fitted on scores of texts by writers whom
/// the linear models had not seen.
public struct StackingNetwork: Sendable, Equatable {
  private static let inputs = Lanes.scalarCount
  private static let units = Int(WEERBAAR_UNITS)

  /// What scores are measured from and in, so that each has mean 0 and deviation 1.
  private var mean = Lanes.zero
  private var scale = Lanes(repeating: 1)
  private var layers = Layers()

  /// The weights of both layers: a row for each input, and last the biases.
  fileprivate struct Layers: Equatable {
    var hidden = [Float](repeating: 0, count: (inputs + 1) * units)
    var output = [Float](repeating: 0, count: (units + 1) * inputs)
  }

  private init() {}

  /// Log-odds of the questions from their scores. O(hidden units), without allocation.
  public func logOdds(_ scores: Lanes) -> Lanes {
    withActivations { answers(to: (scores - mean) * scale, $0) }
  }

  /// Room for what the hidden units give, on the stack.
  @inline(__always)
  private func withActivations<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.units) { buffer in
      // A buffer of more than no elements has an address.
      body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }

  @inline(__always)
  private func answers(to input: Lanes, _ activations: UnsafeMutablePointer<Float>) -> Lanes {
    var answers = Lanes.zero
    DeterministicMath.withLanes(of: input) { input in
      DeterministicMath.withMutableLanes(of: &answers) { answers in
        layers.hidden.withUnsafeBufferPointer { hidden in
          layers.output.withUnsafeBufferPointer { output in
            guard let hidden = hidden.baseAddress, let output = output.baseAddress else { return }
            weerbaar_network(input, hidden, output, activations, answers)
          }
        }
      }
    }
    return answers
  }
}

// MARK: Fitting

extension StackingNetwork {
  /// How to fit.
  public struct Options: Sendable {
    public var epochs = 10
    /// Texts between two steps.
    public var batch = 64
    /// The first step size; it falls to zero in a straight line.
    public var rate: Float = 4e-3
    public var seed: UInt64 = 20_261_129

    public init() {}
  }

  /// Fits the network to answers by Adam (Kingma and Ba, 2015) on the logistic loss, summed over the questions that are asked
  /// of a text. The result depends on nothing but the arguments. O(epochs × texts).
  /// - Parameters:
  ///   - scores: by models that were not trained on the text.
  ///   - answers: bit k is the answer to question k.
  ///   - asked: bit k says whether question k is asked.
  ///   - weights: how much each text counts.
  ///   - chosen: the texts to fit to.
  public static func fit(
    scores: [Lanes], answers: [UInt16], asked: [UInt16], weights: [Float], chosen: [Int], options: Options = Options()
  ) -> StackingNetwork {
    var network = StackingNetwork()
    network.standardize(scores, chosen)
    var random = SplitMix64(seed: options.seed)
    network.layers.draw(&random)
    var adam = Adam()
    var order = chosen
    let steps = Float(max(1, options.epochs * ((chosen.count + options.batch - 1) / options.batch)))
    var step: Float = 0
    for _ in 0..<options.epochs {
      random.shuffle(&order)
      var first = 0
      while first < order.count {
        let batch = order[first..<min(first + options.batch, order.count)]
        first += options.batch
        var gradient = Layers()
        for text in batch {
          network.addGradient(
            of: scores[text], LogCountRatios.lanes(answers[text]), LogCountRatios.lanes(asked[text]) * weights[text],
            to: &gradient)
        }
        step += 1
        adam.move(
          &network.layers, gradient, share: 1 / Float(batch.count), rate: options.rate * (1 - (step - 1) / steps))
      }
    }
    return network
  }

  private mutating func standardize(_ scores: [Lanes], _ chosen: [Int]) {
    var sum = SIMD16<Double>.zero
    var squares = SIMD16<Double>.zero
    for text in chosen {
      let score = SIMD16<Double>(scores[text])
      sum += score
      squares += score * score
    }
    let count = Double(max(chosen.count, 1))
    let middle = sum / count
    let variance = squares / count - middle * middle
    mean = Lanes(middle)
    // Lanes that never change stay zero.
    scale = Lanes((1 / variance.squareRoot()).replacing(with: 0, where: variance .<= 1e-9))
  }

  private func addGradient(of score: Lanes, _ answer: Lanes, _ asked: Lanes, to gradient: inout Layers) {
    let input = (score - mean) * scale
    withActivations { activations in
      let error = (DeterministicMath.sigmoid(answers(to: input, activations)) - answer) * asked
      DeterministicMath.withLanes(of: input) { input in
        DeterministicMath.withLanes(of: error) { error in
          gradient.hidden.withUnsafeMutableBufferPointer { hidden in
            gradient.output.withUnsafeMutableBufferPointer { change in
              layers.output.withUnsafeBufferPointer { output in
                guard let hidden = hidden.baseAddress, let change = change.baseAddress,
                  let output = output.baseAddress
                else { return }
                weerbaar_network_gradient(input, activations, error, output, hidden, change)
              }
            }
          }
        }
      }
    }
  }

  /// The moments of Adam, with the usual rates of decay.
  private struct Adam {
    private var first = Layers()
    private var second = Layers()
    private var decays: (Float, Float) = (1, 1)

    mutating func move(_ layers: inout Layers, _ gradient: Layers, share: Float, rate: Float) {
      decays = (decays.0 * 0.9, decays.1 * 0.999)
      let size = rate / (1 - decays.0)
      let correction = 1 / (1 - decays.1)
      func move(
        _ weights: inout [Float], _ slopes: [Float], _ first: inout [Float], _ second: inout [Float]
      ) {
        for place in weights.indices {
          let slope = slopes[place] * share
          first[place] = first[place] * 0.9 + slope * 0.1
          second[place] = second[place] * 0.999 + slope * slope * 0.001
          weights[place] -= first[place] * size / ((second[place] * correction).squareRoot() + 1e-8)
        }
      }
      move(&layers.hidden, gradient.hidden, &first.hidden, &second.hidden)
      move(&layers.output, gradient.output, &first.output, &second.output)
    }
  }
}

extension StackingNetwork.Layers {
  /// Draws first weights, evenly within the bounds of Glorot and Bengio (2010); biases begin at zero.
  fileprivate mutating func draw(_ random: inout SplitMix64) {
    let bound = (6 / Double(Lanes.scalarCount + Int(WEERBAAR_UNITS))).squareRoot()
    func weight() -> Float { Float((random.unit() * 2 - 1) * bound) }
    for place in 0..<(Lanes.scalarCount * Int(WEERBAAR_UNITS)) { hidden[place] = weight() }
    for place in 0..<(Lanes.scalarCount * Int(WEERBAAR_UNITS)) { output[place] = weight() }
  }
}

// MARK: Bytes

extension StackingNetwork {
  /// Mean, scale, and the rows of both layers, as Float, little-endian.
  public func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: Float) { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    for row in [mean, scale] { for lane in row.indices { append(row[lane]) } }
    for value in layers.hidden + layers.output { append(value) }
    return bytes
  }

  /// Reads what ``encode()`` wrote; nil where the length is another or a number is none.
  public init?(decoding bytes: UnsafeRawBufferPointer) {
    guard bytes.count == (Self.inputs * 2 + layers.hidden.count + layers.output.count) * 4 else { return nil }
    var place = 0
    var isWhole = true
    func next() -> Float {
      defer { place += 4 }
      let value = Float(bitPattern: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian)
      isWhole = isWhole && value.isFinite
      return value
    }
    for lane in mean.indices { mean[lane] = next() }
    for lane in scale.indices { scale[lane] = next() }
    for weight in layers.hidden.indices { layers.hidden[weight] = next() }
    for weight in layers.output.indices { layers.output[weight] = next() }
    guard isWhole else { return nil }
  }
}
