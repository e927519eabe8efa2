// Best matching units on a GPU. Two kernels: `propose` finds the two nodes of lowest score with the
// tensor cores, `decide` the two nearest in double precision for samples whose scores are too close.
//
// Scores are s = 1/2 |w|^2 - x.w of centred samples and nodes. A product of single precision is made
// of three of TF32 (10 bits of mantissa): a = A + a', b = B + b', ab = AB + Ab' + a'B, short of a'b'.
//
// A block of four warps has SAMPLES samples and goes through all nodes, NODES at a time; a warp has
// 32 samples as two fragments of 16 rows. No score leaves the registers. Fragments are those of
// mma.m16n8k8 (PTX ISA): with group = lane / 4 and member = lane % 4,
//     A (16 x 8)  a[i]: row group + 8 (i % 2),  column member + 4 (i / 2)
//     B (8 x 8)   b[i]: row member + 4 i,       column group
//     C (16 x 8)  c[i]: row group + 8 (i / 2),  column 2 member + i % 2
// tests/som/gpu_twin.py reads these formulas from this file and runs them on the CPU.

#define SAMPLES 128
#define NODES 64
#define WARP_ROWS 32
#define PAD 4

#define A_ROW(group, member, i) ((group) + 8 * ((i) % 2))
#define A_COL(group, member, i) ((member) + 4 * ((i) / 2))
#define B_ROW(group, member, i) ((member) + 4 * (i))
#define B_COL(group, member, i) (group)
#define C_ROW(group, member, i) ((group) + 8 * ((i) / 2))
#define C_COL(group, member, i) (2 * (member) + (i) % 2)
#define PITCH(padded) ((padded) + PAD)
#define MASK_WORD(tile) ((tile) / 32)
#define MASK_BIT(tile) ((tile) % 32)

__device__ __forceinline__ unsigned tf32(float value) {
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
    return bits;
}

__device__ __forceinline__ void split(float value, unsigned &high, unsigned &low) {
    high = tf32(value);
    low = tf32(value - __uint_as_float(high));
}

__device__ __forceinline__ void multiply(float *c, const unsigned *a, const unsigned *b) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

struct Lowest {
    float first, second, third;
    int best, next;
};

__device__ __forceinline__ void keep(Lowest &low, float score, int node) {
    if (score < low.first) {
        low.third = low.second;
        low.second = low.first;
        low.next = low.best;
        low.first = score;
        low.best = node;
    } else if (score < low.second) {
        low.third = low.second;
        low.second = score;
        low.next = node;
    } else if (score < low.third) {
        low.third = score;
    }
}

// samples (count, padded) and nodes (tiles * NODES, padded): centred, nodes negated, zeros beyond
// the features; half (tiles * NODES): 1/2 |w|^2, large beyond the last node; mask (blocks, words):
// which tiles of nodes a block needs, or null for all. Out: units (count, 2), scores (count, 3).
extern "C" __global__ void __launch_bounds__(128)
propose(const float *samples, const float *nodes, const float *half, const unsigned *mask,
        long long count, int tiles, int padded, int words, int *units, float *scores) {
    extern __shared__ float shared[];
    float *x = shared, *w = shared + SAMPLES * PITCH(padded);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int group = lane / 4, member = lane % 4;
    const long long start = (long long)blockIdx.x * SAMPLES;
    for (int k = threadIdx.x; k < SAMPLES * padded; k += blockDim.x) {
        const int row = k / padded, column = k % padded;
        x[row * PITCH(padded) + column] =
            start + row < count ? samples[(start + row) * padded + column] : 0.0f;
    }
    Lowest low[4];
    for (int r = 0; r < 4; ++r) low[r] = {3e38f, 3e38f, 3e38f, -1, -1};
    for (int tile = 0; tile < tiles; ++tile) {
        if (mask && !(mask[blockIdx.x * (long long)words + MASK_WORD(tile)] >> MASK_BIT(tile) & 1u))
            continue;
        __syncthreads();
        for (int k = threadIdx.x; k < NODES * padded; k += blockDim.x) {
            const int row = k / padded, column = k % padded;
            w[row * PITCH(padded) + column] = nodes[((long long)tile * NODES + row) * padded + column];
        }
        __syncthreads();
        float c[2][NODES / 8][4] = {};
        for (int k = 0; k < padded; k += 8) {
            unsigned high[2][4], rest[2][4];
            for (int m = 0; m < 2; ++m)
                for (int i = 0; i < 4; ++i) {
                    const int row = warp * WARP_ROWS + 16 * m + A_ROW(group, member, i);
                    split(x[row * PITCH(padded) + k + A_COL(group, member, i)], high[m][i], rest[m][i]);
                }
#pragma unroll
            for (int n = 0; n < NODES / 8; ++n) {
                unsigned top[2], tail[2];
                for (int i = 0; i < 2; ++i) {
                    const int row = 8 * n + B_COL(group, member, i);
                    split(w[row * PITCH(padded) + k + B_ROW(group, member, i)], top[i], tail[i]);
                }
                for (int m = 0; m < 2; ++m) {
                    multiply(c[m][n], rest[m], top);
                    multiply(c[m][n], high[m], tail);
                    multiply(c[m][n], high[m], top);
                }
            }
        }
#pragma unroll
        for (int m = 0; m < 2; ++m)
#pragma unroll
            for (int n = 0; n < NODES / 8; ++n)
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const int node = tile * NODES + 8 * n + C_COL(group, member, i);
                    keep(low[2 * m + i / 2], c[m][n][i] + half[node], node);
                }
    }
    for (int step = 1; step < 4; step *= 2)
        for (int r = 0; r < 4; ++r) {
            Lowest other;
            other.first = __shfl_xor_sync(0xffffffffu, low[r].first, step);
            other.second = __shfl_xor_sync(0xffffffffu, low[r].second, step);
            other.third = __shfl_xor_sync(0xffffffffu, low[r].third, step);
            other.best = __shfl_xor_sync(0xffffffffu, low[r].best, step);
            other.next = __shfl_xor_sync(0xffffffffu, low[r].next, step);
            keep(low[r], other.first, other.best);
            keep(low[r], other.second, other.next);
            keep(low[r], other.third, -1);
        }
    if (member == 0)
        for (int r = 0; r < 4; ++r) {
            const long long row = start + warp * WARP_ROWS + 16 * (r / 2) + C_ROW(group, member, 2 * (r % 2));
            if (row < count) {
                units[2 * row] = low[r].best;
                units[2 * row + 1] = low[r].next;
                scores[3 * row] = low[r].first;
                scores[3 * row + 1] = low[r].second;
                scores[3 * row + 2] = low[r].third;
            }
        }
}

__device__ __forceinline__ bool before(double d, int i, double e, int j) {
    return d < e || (d == e && (unsigned)i < (unsigned)j);
}

// One warp a sample: the two nearest of all nodes by sum_f (x_f - w_f)^2, f in order,
// every operation rounded by itself; the lowest index among equals.
extern "C" __global__ void
decide(const float *samples, const double *nodes, long long count, int total, int features,
       int *units) {
    const long long place = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 32;
    const int lane = threadIdx.x % 32;
    if (place >= count) return;
    const float *x = samples + place * features;
    const double infinity = __longlong_as_double(0x7ff0000000000000LL);
    double near = infinity, far = infinity;
    int best = -1, next = -1;
    for (int node = lane; node < total; node += 32) {
        double sum = 0.0;
        for (int f = 0; f < features; ++f) {
            const double d = __dsub_rn((double)x[f], nodes[(long long)node * features + f]);
            sum = __dadd_rn(sum, __dmul_rn(d, d));
        }
        if (before(sum, node, near, best)) {
            far = near, next = best, near = sum, best = node;
        } else if (before(sum, node, far, next)) {
            far = sum, next = node;
        }
    }
    for (int step = 16; step > 0; step /= 2) {
        const double near2 = __shfl_xor_sync(0xffffffffu, near, step);
        const double far2 = __shfl_xor_sync(0xffffffffu, far, step);
        const int best2 = __shfl_xor_sync(0xffffffffu, best, step);
        const int next2 = __shfl_xor_sync(0xffffffffu, next, step);
        if (before(near2, best2, near, best)) {
            if (before(near, best, far2, next2)) far = near, next = best;
            else far = far2, next = next2;
            near = near2, best = best2;
        } else if (before(near2, best2, far, next)) {
            far = near2, next = best2;
        }
    }
    if (lane == 0) {
        units[2 * place] = best;
        units[2 * place + 1] = next;
    }
}
