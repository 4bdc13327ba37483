using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Raster;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class RasterTests
{
    [Fact]
    public void Coverage_sums_to_a_polygon_s_area()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Point[] triangle = [.. Enumerable.Range(0, 3).Select(_ => new Point(random.NextDouble() * 40, random.NextDouble() * 40))];
            var (a, b, c) = (triangle[0], triangle[1], triangle[2]);
            var area = Math.Abs(((b.X - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (b.Y - a.Y))) / 2;
            Assert.Equal(area, Covered(40, [triangle]), 0.001);
        }
    }

    [Fact]
    public void Half_a_pixel_is_half_covered()
    {
        var coverage = new Coverage(4, 4);
        coverage.Cover([[[new(1.5, 1), new(3, 1), new(3, 1.5), new(1.5, 1.5)]]]);
        Assert.Equal([0.25f, 0.5f], coverage.Row(1).ToArray());
    }

    [Fact]
    public void What_is_outside_the_canvas_is_cut_off() =>
        Assert.Equal(100, Covered(10, [[new(-30, -30), new(500, -30), new(500, 500), new(-30, 500)]]), 0.001);

    [Fact]
    public void A_stroke_has_the_area_of_its_length_and_its_round_ends()
    {
        var outline = Stroker.Outline([new(10, 20), new(30, 20)], 3);
        Assert.Equal((20 * 6) + (Math.PI * 9), Covered(40, outline), 0.5);
    }

    [Fact]
    public void A_ring_is_hollow_and_a_dot_is_round()
    {
        Point[] square = [new(10, 10), new(30, 10), new(30, 30), new(10, 30), new(10, 10)];
        Assert.Equal((80 * 4) - ((4 - Math.PI) * 4), Covered(40, Stroker.Outline(square, 2)), 0.5);
        Assert.Equal(Math.PI * 25, Covered(40, Stroker.Outline([new(20, 20)], 5)), 0.5);
    }

    [Fact]
    public void Parts_that_share_an_edge_s_pixels_do_not_darken_them()
    {
        Point[] half = [new(1, 1), new(3, 1), new(3, 1.5), new(1, 1.5)];
        var coverage = new Coverage(4, 4);
        coverage.Cover([[half], [half]]);
        Assert.Equal([0.5f, 0.5f], coverage.Row(1).ToArray());
    }

    private static double Covered(int size, IReadOnlyList<IReadOnlyList<Point>> contours)
    {
        var coverage = new Coverage(size, size);
        coverage.Cover([contours]);
        double sum = 0;
        for (var y = coverage.Top; y < coverage.Top + coverage.Height; y++)
        {
            foreach (var covered in coverage.Row(y))
                sum += covered;
        }

        return sum;
    }
}
