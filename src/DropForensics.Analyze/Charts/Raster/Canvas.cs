namespace DropForensics.Analyze.Charts.Raster;

/// <summary>Pixels, three bytes each, red green blue, rows from the top; shapes are laid over what is there.</summary>
internal sealed class Canvas
{
    private readonly Coverage _coverage;

    public Canvas(int width, int height, Colour background)
    {
        Width = width;
        Height = height;
        Pixels = new byte[width * height * 3];
        _coverage = new Coverage(width, height);
        var (red, green, blue) = background.Rgb;
        for (var i = 0; i < Pixels.Length; i += 3)
            (Pixels[i], Pixels[i + 1], Pixels[i + 2]) = (red, green, blue);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    /// <summary>Fills a polygon, in pixels.</summary>
    public void Fill(IReadOnlyList<Point> polygon, Colour colour) => Fill([[polygon]], colour);

    /// <summary>Fills a shape; see <see cref="Coverage.Cover"/>.</summary>
    public void Fill(IReadOnlyList<IReadOnlyList<IReadOnlyList<Point>>> parts, Colour colour)
    {
        var (red, green, blue) = colour.Rgb;
        _coverage.Cover(parts);
        for (var y = _coverage.Top; y < _coverage.Top + _coverage.Height; y++)
        {
            var pixel = ((y * Width) + _coverage.Left) * 3;
            foreach (var covered in _coverage.Row(y))
            {
                Pixels[pixel] = Mix(Pixels[pixel], red, covered);
                Pixels[pixel + 1] = Mix(Pixels[pixel + 1], green, covered);
                Pixels[pixel + 2] = Mix(Pixels[pixel + 2], blue, covered);
                pixel += 3;
            }
        }
    }

    private static byte Mix(byte below, byte above, float covered) => (byte)(below + ((above - below) * covered) + 0.5f);
}
