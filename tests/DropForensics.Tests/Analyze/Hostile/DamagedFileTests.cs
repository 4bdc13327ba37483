using System.Collections.Concurrent;
using System.Globalization;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Hostile;

public sealed class DamagedFileTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    /// <summary>Few in a usual run; CI sets DROPFORENSICS_DAMAGES=10000. A seed that fails is named, and fails again.</summary>
    [Fact]
    public void Bit_flips_and_truncations_are_answered_or_refused()
    {
        int damages = int.Parse(Environment.GetEnvironmentVariable("DROPFORENSICS_DAMAGES") ?? "400", CultureInfo.InvariantCulture);
        string packet = PacketSamples.Of("udp").Skb.Line().Replace("6.276872", "102.500000", StringComparison.Ordinal) + "\n";
        Write(Path, MadePackets.Eprobe with { WitnessDrops = 5 }, [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + packet + "CPU:0 [LOST 7 EVENTS]\n" + Event(103) + "garbage\n"), (1, Event(104, cpu: 1))],
            (writer, recorder) =>
            {
                recorder.AddRingLoss(0, 14);
                AddCounters(writer);
                writer.AddClock(new ClockReading(100_000_000_000, 100_000_000_000, 1_700_000_000_000_000_000));
            });
        byte[] whole = File.ReadAllBytes(Path);
        ConcurrentDictionary<ExitCode, int> answers = [];
        Parallel.For(0, damages, seed =>
        {
            string damaged = _scratch.File($"{seed}.db");
            File.WriteAllBytes(damaged, Damage(whole, new Random(seed)));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                // The report, and one of the others in turn.
                foreach (int reader in (int[])[0, 1 + (seed % (EveryReader.Count - 1))])
                {
                    answers.AddOrUpdate(EveryReader.On(damaged, reader).Code, 1, (_, count) => count + 1);
                }
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 1 << 30, $"seed {seed}: {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes");
            File.Delete(damaged);
        });

        Assert.Empty(answers.Keys.Except([ExitCode.Done, ExitCode.Incomplete, ExitCode.Unable]));
        Assert.True(answers.ContainsKey(ExitCode.Unable) && answers.Count > 1, "nothing was damaged, or nothing was answered");
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        byte[] damaged = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
        for (int n = random.Next(1, 9); n > 0 && damaged.Length > 0; n--)
        {
            // Half of them where a little does much: the headers of the file and of its pages.
            int at = random.Next(damaged.Length);
            if (random.Next(2) == 0) at = at / 4096 * 4096 + random.Next(Math.Min(100, damaged.Length - (at / 4096 * 4096)));
            damaged[at] ^= (byte)(1 << random.Next(8));
        }

        return damaged;
    }
}
