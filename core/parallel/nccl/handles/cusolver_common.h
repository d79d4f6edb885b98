/* SPDX-License-Identifier: MIT
 * Stands in for the header of this name where no CUDA toolkit is installed; see cusolverDn.h. */
#pragma once

typedef int cusolverStatus_t;
