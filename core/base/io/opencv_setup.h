// SPDX-License-Identifier: MIT
// Internal: how OpenCV is used here.
#pragma once

#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

namespace switchyard::io {

/// OpenCV works in our threads, one picture each, and says nothing on stderr. Once for the whole process: setNumThreads
/// ends an arena that another thread may be ending too. Thread: any.
inline void setUpOpenCv() {
    static std::once_flag once;
    std::call_once(once, [] {
        cv::setNumThreads(1);
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    });
}

}  // namespace switchyard::io
