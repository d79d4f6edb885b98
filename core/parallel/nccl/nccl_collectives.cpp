// SPDX-License-Identifier: MIT
// The NCCL back end of core/parallel/collectives.h.
