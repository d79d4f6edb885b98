/* SPDX-License-Identifier: MIT
 * Stands in for the header of this name where no CUDA toolkit is installed: LibTorch's headers mention this handle, and
 * nothing here uses it. Found only when the real header is not (-idirafter). */
#pragma once

typedef struct cublasLtContext* cublasLtHandle_t;
