// Made by scripts/generate-elements.mjs; never edited by hand. From GStreamer 1.22.0.
import type { Flags, Fraction, Long } from './kinds'

type KindGstAggregatorStartTimeSelection = 'first' | 'set' | 'zero' | number
type KindGstQTMuxDtsMethods = 'asc' | 'dd' | 'reorder' | number
type KindGstQTMuxFragmentMode = 'dash-or-mss' | 'first-moov-then-finalise' | number
type KindGstA52DecMode = '2f1r' | '2f2r' | '3f' | '3f1r' | '3f2r' | 'dolby' | 'mono' | 'stereo' | number
type KindGstAASinkDrivers = 'curses' | 'linux' | 'slang' | 'stderr' | 'stdout' | 'x11' | number
type KindGstAASinkDitherers = 'error-distribution' | 'floyd-steelberg-dithering' | 'no-dithering' | number
type KindGstAATvDitherers = 'error-distribution' | 'floyd-steelberg-dithering' | 'no-dithering' | number
type KindGstAATvFonts = 'Adobe-courier' | 'Font-8x8-from-vgagl' | 'Standard-X-8x16-font' | 'Standard-mda/vga-8x14-font' | 'Standard-vga-8x16-font' | 'Standard-vga-8x8-font' | 'Standard-vga-8x9-font' | 'X-8x13-font' | 'X-8x13bold-font' | 'line-Font-8x8' | number
type KindGstAATvRainModes = 'down' | 'left' | 'none' | 'right' | 'up' | number
type KindGstADPCMEncLayout = 'dvi' | number
type KindGstAesCipher = 'aes-128-cbc' | 'aes-256-cbc' | number
type KindGstAlphaMethod = 'blue' | 'custom' | 'green' | 'set' | number
type KindGstAmrnbVariant = 'IF1' | 'IF2' | number
type KindGstAmrnbEncBandMode = 'MR102' | 'MR122' | 'MR475' | 'MR515' | 'MR59' | 'MR67' | 'MR74' | 'MR795' | 'MRDTX' | number
type KindGstAppStreamType = 'random-access' | 'seekable' | 'stream' | number
type KindGstFormat = 'buffers' | 'bytes' | 'default' | 'percent' | 'time' | 'undefined' | number
type KindGstAppLeakyType = 'downstream' | 'none' | 'upstream' | number
type KindGstAudioAmplifyClippingMethod = 'clip' | 'none' | 'wrap-negative' | 'wrap-positive' | number
type KindGstAudioChebBandMode = 'band-pass' | 'band-reject' | number
type KindGstAudioChebLimitMode = 'high-pass' | 'low-pass' | number
type KindGstAudioDitherMethod = 'none' | 'rpdf' | 'tpdf' | 'tpdf-hf' | number
type KindGstAudioNoiseShapingMethod = 'error-feedback' | 'high' | 'medium' | 'none' | 'simple' | number
type KindGstAudioDynamicCharacteristics = 'hard-knee' | 'soft-knee' | number
type KindGstAudioDynamicMode = 'compressor' | 'expander' | number
type KindGstAudioMixMatrixModeType = 'first-channels' | 'manual' | number
type KindGstAudioPanoramaMethod = 'psychoacoustic' | 'simple' | number
type KindGstAudioParseFormat = 'alaw' | 'mulaw' | 'raw' | number
type KindGstAudioFormat = 'encoded' | 'f32' | 'f32be' | 'f32le' | 'f64' | 'f64be' | 'f64le' | 's16' | 's16be' | 's16le' | 's18' | 's18be' | 's18le' | 's20' | 's20be' | 's20le' | 's24' | 's24-32' | 's24-32be' | 's24-32le' | 's24be' | 's24le' | 's32' | 's32be' | 's32le' | 's8' | 'u16' | 'u16be' | 'u16le' | 'u18' | 'u18be' | 'u18le' | 'u20' | 'u20be' | 'u20le' | 'u24' | 'u24-32' | 'u24-32be' | 'u24-32le' | 'u24be' | 'u24le' | 'u32' | 'u32be' | 'u32le' | 'u8' | 'unknown' | number
type KindGstAudioResamplerMethod = 'blackman-nuttall' | 'cubic' | 'kaiser' | 'linear' | 'nearest' | number
type KindGstAudioResamplerFilterMode = 'auto' | 'full' | 'interpolated' | number
type KindGstAudioResamplerFilterInterpolation = 'cubic' | 'linear' | 'none' | number
type KindGstAudioTestSrcWave = 'blue-noise' | 'gaussian-noise' | 'pink-noise' | 'red-noise' | 'saw' | 'silence' | 'sine' | 'sine-table' | 'square' | 'ticks' | 'triangle' | 'violet-noise' | 'white-noise' | number
type KindGstAudioWSincBandMode = 'band-pass' | 'band-reject' | number
type KindGstAudioWSincBandWindow = 'blackman' | 'cosine' | 'gaussian' | 'hamming' | 'hann' | number
type KindGstAudioWSincLimitMode = 'high-pass' | 'low-pass' | number
type KindGstAudioWSincLimitWindow = 'blackman' | 'cosine' | 'gaussian' | 'hamming' | 'hann' | number
type KindGstVideoDecoderRequestSyncPointFlags = Flags<'corrupt-output' | 'discard-input'>
type KindGstAV1EncResizeMode = 'fixed' | 'none' | 'random' | number
type KindGstAV1EncSuperresMode = 'fixed' | 'none' | 'qthresh' | 'random' | number
type KindGstAV1EncEndUsageMode = 'cbr' | 'cq' | 'q' | 'vbr' | number
type KindGstAV1EncKFMode = 'auto' | 'disabled' | number
type KindGstAV1EncEncPass = 'first-pass' | 'one-pass' | 'second-pass' | 'third-pass' | number
type KindGstAV1EncUsageProfile = 'all-intra' | 'good-quality' | 'realtime' | number
type KindGstAvCodecCompliance = 'auto' | 'experimental' | 'normal' | 'strict' | 'unofficial' | 'very-strict' | number
type KindGstLibAVVidDecLowres = '1/2-size' | '1/4-size' | 'full' | number
type KindGstLibAVVidDecSkipFrame = 'Skip B-frames' | 'Skip IDCT/Dequantization' | 'Skip everything' | 'Skip nothing' | number
type KindGstLibAVVidDecThreadType = Flags<'auto' | 'frame' | 'slice'>
type KindGstLibAVDeinterlaceModes = 'auto' | 'disabled' | 'interlaced' | number
type KindGstLibAVEncPass = 'cbr' | 'pass1' | 'pass2' | 'quant' | number
type KindAvcodeccontextFlags = Flags<'aic' | 'bitexact' | 'cgop' | 'drop_changed' | 'global_header' | 'gray' | 'ildct' | 'ilme' | 'loop' | 'low_delay' | 'mv4' | 'output_corrupt' | 'psnr' | 'qpel' | 'truncated' | 'unaligned'>
type KindAvcodeccontextFlags2 = Flags<'ass_ro_flush_noop' | 'chunks' | 'export_mvs' | 'fast' | 'ignorecrop' | 'local_header' | 'noout' | 'showall' | 'skip_manual'>
type KindAvcodeccontextExportSideData = Flags<'film_grain' | 'mvs' | 'prft' | 'venc_params'>
type KindAvcodeccontextStrict = 'experimental' | 'normal' | 'strict' | 'unofficial' | 'very' | number
type KindAvcodeccontextErrDetect = Flags<'aggressive' | 'bitstream' | 'buffer' | 'careful' | 'compliant' | 'crccheck' | 'explode' | 'ignore_err'>
type KindAvcodeccontextDct = 'altivec' | 'auto' | 'faan' | 'fastint' | 'int' | 'mmx' | number
type KindAvcodeccontextIdct = 'altivec' | 'arm' | 'auto' | 'faani' | 'int' | 'simple' | 'simplearm' | 'simplearmv5te' | 'simplearmv6' | 'simpleauto' | 'simplemmx' | 'simpleneon' | 'xvid' | number
type KindAvcodeccontextDebug = Flags<'bitstream' | 'buffers' | 'bugs' | 'dct_coeff' | 'er' | 'green_metadata' | 'mb_type' | 'mmco' | 'nomc' | 'pict' | 'qp' | 'rc' | 'skip' | 'startcode' | 'thread_ops'>
type KindAvcodeccontextMbd = 'bits' | 'rd' | 'simple' | number
type KindAvcodeccontextThreads = 'auto' | 'unknown' | number
type KindAvcodeccontextCmpFunc = 'bit' | 'chroma' | 'dct' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'w53' | 'w97' | 'zero' | number
type KindAvcodeccontextChromaSampleLocationType = 'bottom' | 'bottomleft' | 'center' | 'left' | 'top' | 'topleft' | 'unknown' | number
type KindAvcodeccontextThreadType = Flags<'frame' | 'slice'>
type KindAvcodeccontextFieldOrder = 'bb' | 'bt' | 'progressive' | 'tb' | 'tt' | 'unknown' | number
type KindAacEncoderCoder = 'anmr' | 'fast' | 'twoloop' | number
type KindAvcodeccontextAudioServiceType = 'co' | 'di' | 'ef' | 'em' | 'hi' | 'ka' | 'ma' | 'vi' | 'vo' | number
type KindAc3EncoderRoomType = 'large' | 'notindicated' | 'small' | 'unknown' | number
type KindAc3EncoderDsurMode = 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindAc3EncoderDmixMode = 'dplii' | 'loro' | 'ltrt' | 'notindicated' | 'unknown' | number
type KindAc3EncoderDsurexMode = 'dpliiz' | 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindAc3EncoderDheadphoneMode = 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindAc3EncoderAdConvType = 'hdcd' | 'standard' | 'unknown' | number
type KindAc3EncoderChannelCoupling = 'auto' | number
type KindAc3EncoderCplStartBand = 'auto' | number
type KindAmvEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindAmvEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindAmvEncoderHuffman = 'default' | 'optimal' | number
type KindAPngEncoderPred = 'avg' | 'mixed' | 'none' | 'paeth' | 'sub' | 'up' | number
type KindCfhdQ = 'film1' | 'film1+' | 'film1.5' | 'film2' | 'film2+' | 'film3' | 'film3+' | 'high' | 'high+' | 'low' | 'low+' | 'medium' | 'medium+' | number
type KindDnxhdProfile = 'dnxhd' | 'dnxhr_444' | 'dnxhr_hq' | 'dnxhr_hqx' | 'dnxhr_lb' | 'dnxhr_sq' | number
type KindEAc3EncoderRoomType = 'large' | 'notindicated' | 'small' | 'unknown' | number
type KindEAc3EncoderDsurMode = 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindEAc3EncoderDmixMode = 'dplii' | 'loro' | 'ltrt' | 'notindicated' | 'unknown' | number
type KindEAc3EncoderDsurexMode = 'dpliiz' | 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindEAc3EncoderDheadphoneMode = 'notindicated' | 'off' | 'on' | 'unknown' | number
type KindEAc3EncoderAdConvType = 'hdcd' | 'standard' | 'unknown' | number
type KindEAc3EncoderChannelCoupling = 'auto' | number
type KindEAc3EncoderCplStartBand = 'auto' | number
type KindExrCompr = 'none' | 'rle' | 'zip1' | 'zip16' | number
type KindExrPixel = 'float' | 'half' | number
type KindFfv1EncoderCoder = 'ac' | 'range_def' | 'range_tab' | 'rice' | number
type KindFfvhuffPred = 'left' | 'median' | 'plane' | number
type KindGenericMpegvideoEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindGenericMpegvideoEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindGenericMpegvideoEncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindH263EncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindH263EncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindH263EncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindH263pEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindH263pEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindH263pEncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindH264OmxProfile = 'baseline' | 'high' | 'main' | 'unknown' | number
type KindHapEncoderFormat = 'hap' | 'hap_alpha' | 'hap_q' | number
type KindHapEncoderCompressor = 'none' | 'snappy' | number
type KindHuffyuvPred = 'left' | 'median' | 'plane' | number
type KindJpeg2000EncoderFormat = 'j2k' | 'jp2' | number
type KindJpeg2000EncoderPred = 'dwt53' | 'dwt97int' | number
type KindJpeg2000EncoderProg = 'cprl' | 'lrcp' | 'pcrl' | 'rlcp' | 'rpcl' | number
type KindJpeglsPred = 'left' | 'median' | 'plane' | number
type KindLjpegPred = 'left' | 'median' | 'plane' | number
type KindMagicyuvPred = 'gradient' | 'left' | 'median' | number
type KindMjpegEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindMjpegEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindMjpegEncoderHuffman = 'default' | 'optimal' | number
type KindMpeg1videoEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindMpeg1videoEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindMpeg1videoEncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindMpeg2videoEncoderSeqDispExt = 'always' | 'auto' | 'never' | number
type KindMpeg2videoEncoderVideoFormat = 'component' | 'mac' | 'ntsc' | 'pal' | 'secam' | 'unspecified' | number
type KindMpeg2videoEncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindMpeg2videoEncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindMpeg2videoEncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindMpeg4EncoderMpvFlags = Flags<'cbp_rd' | 'mv0' | 'naq' | 'qp_rd' | 'skip_rd' | 'strict_gop'>
type KindMpeg4EncoderCmpFunc = 'bit' | 'chroma' | 'dct' | 'dct264' | 'dctmax' | 'msad' | 'nsse' | 'psnr' | 'rd' | 'sad' | 'satd' | 'sse' | 'vsad' | 'vsse' | 'zero' | number
type KindMpeg4EncoderMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindMpeg4OmxProfile = 'baseline' | 'high' | 'main' | 'unknown' | number
type KindProresEncoderProfile = '4444' | '4444xq' | 'auto' | 'hq' | 'lt' | 'proxy' | 'standard' | number
type KindProresEncoderQuantMat = 'auto' | 'default' | 'hq' | 'lt' | 'proxy' | 'standard' | number
type KindSnowEncoderMotionEst = 'epzs' | 'iter' | 'xone' | 'zero' | number
type KindSnowEncoderPred = 'dwt53' | 'dwt97' | number
type KindSvq1encMotionEst = 'epzs' | 'xone' | 'zero' | number
type KindTiffEncoderCompressionAlgo = 'deflate' | 'lzw' | 'packbits' | 'raw' | number
type KindUtvideoPred = 'gradient' | 'left' | 'median' | 'none' | number
type KindVbnEncoderFormat = 'dxt1' | 'dxt5' | 'raw' | number
type KindSmpteVc2EncoderWaveletIdx = '5_3' | '9_7' | 'haar' | 'haar_noshift' | number
type KindSmpteVc2EncoderQuantMatrix = 'color' | 'default' | 'flat' | number
type KindGstAvWaitMode = 'running-time' | 'timecode' | 'video-first' | number
type KindGstGeometricTransformOffEdgesPixelsMethod = 'clamp' | 'ignore' | 'wrap' | number
type KindGstCACASinkDithering = '2x2' | '4x4' | '8x8' | 'none' | 'random' | number
type KindGstCACATvDithering = '2x2' | '4x4' | '8x8' | 'none' | 'random' | number
type KindGstCameraBin2Mode = 'mode-image' | 'mode-video' | number
type KindGstCamFlags = Flags<'no-audio-conversion' | 'no-image-conversion' | 'no-video-conversion' | 'no-viewfinder-conversion'>
type KindGstCapsFilterCapsChangeMode = 'delayed' | 'immediate' | number
type KindGstCeaCcOverlayWinHPos = 'auto' | 'center' | 'left' | 'right' | number
type KindGstCCConverterCDPMode = Flags<'cc-data' | 'cc-svc-info' | 'time-code'>
type KindGstAudioCdSrcMode = 'continuous' | 'normal' | number
type KindGstCdParanoiaMode = Flags<'disable' | 'fragment' | 'full' | 'overlap' | 'repair' | 'scratch'>
type KindGstChecksumSinkHash = 'md5' | 'sha1' | 'sha256' | 'sha512' | number
type KindGstBaseTextOverlayHAlign = 'Absolute position' | 'Absolute position clamped to canvas' | 'center' | 'left' | 'right' | number
type KindGstBaseTextOverlayVAlign = 'Absolute position' | 'Absolute position clamped to canvas' | 'baseline' | 'bottom' | 'center' | 'top' | number
type KindGstBaseTextOverlayWrapMode = 'char' | 'none' | 'word' | 'wordchar' | number
type KindGstBaseTextOverlayLineAlign = 'center' | 'left' | 'right' | number
type KindGstBaseTextOverlayScaleMode = 'display' | 'none' | 'par' | 'user' | number
type KindGstClockSelectClockId = 'default' | 'monotonic' | 'ptp' | 'realtime' | 'tai' | number
type KindGstColorEffectsPreset = 'heat' | 'none' | 'sepia' | 'xpro' | 'xray' | 'yellowblue' | number
type KindGstBufferCopyFlags = Flags<'deep' | 'flags' | 'memory' | 'merge' | 'meta' | 'none' | 'timestamps'>
type KindGstCompareMethod = 'max' | 'mem' | 'ssim' | number
type KindGstCompositorBackground = 'black' | 'checker' | 'transparent' | 'white' | number
type KindGstCurlHttpVersionType = '1.0' | '1.1' | '2.0' | number
type KindGstCurlSshAuthType = 'none' | 'password' | 'pubkey' | number
type KindGstDashSinkMuxerType = 'mp4' | 'ts' | number
type KindGstDC1394ISOSpeed = '100' | '1600' | '200' | '3200' | '400' | '800' | number
type KindGstQrcodeOverlayCorrection = 'Approx 15%' | 'Approx 25%' | 'Approx 30%' | 'Approx 7%' | number
type KindGChecksumType = 'md5' | 'sha1' | 'sha256' | number
type KindGstDecklinkAudioConnection = 'aes' | 'analog' | 'analog-rca' | 'analog-xlr' | 'auto' | 'embedded' | number
type KindGstDecklinkAudioChannels = '16' | '2' | '8' | 'max' | number
type KindGstDecklinkModes = '1080i50' | '1080i5994' | '1080i60' | '1080p2398' | '1080p24' | '1080p25' | '1080p2997' | '1080p30' | '1080p50' | '1080p5994' | '1080p60' | '1556p2398' | '1556p24' | '1556p25' | '2160p2398' | '2160p24' | '2160p25' | '2160p2997' | '2160p30' | '2160p50' | '2160p5994' | '2160p60' | '2kdcip2398' | '2kdcip24' | '2kdcip25' | '2kdcip2997' | '2kdcip30' | '2kdcip50' | '2kdcip5994' | '2kdcip60' | '4kdcip2398' | '4kdcip24' | '4kdcip25' | '4kdcip2997' | '4kdcip30' | '4kdcip50' | '4kdcip5994' | '4kdcip60' | '720p50' | '720p5994' | '720p60' | '8kdcip2398' | '8kdcip24' | '8kdcip25' | '8kdcip2997' | '8kdcip30' | '8kdcip50' | '8kdcip5994' | '8kdcip60' | '8kp2398' | '8kp24' | '8kp25' | '8kp2997' | '8kp30' | '8kp50' | '8kp5994' | '8kp60' | 'auto' | 'ntsc' | 'ntsc-p' | 'ntsc-p-widescreen' | 'ntsc-widescreen' | 'ntsc2398' | 'ntsc2398-widescreen' | 'pal' | 'pal-p' | 'pal-p-widescreen' | 'pal-widescreen' | number
type KindGstDecklinkVideoFormat = '10bit-yuv' | '8bit-argb' | '8bit-bgra' | '8bit-yuv' | 'auto' | number
type KindGstDecklinkProfileId = 'default' | 'four-sub-devices-half' | 'one-sub-device-full' | 'one-sub-device-half' | 'two-sub-devices-full' | 'two-sub-devices-half' | number
type KindGstDecklinkTimecodeFormat = 'rp188any' | 'rp188ltc' | 'rp188vitc1' | 'rp188vitc2' | 'serial' | 'vitc' | 'vitcfield2' | number
type KindGstDecklinkKeyerMode = 'external' | 'internal' | 'off' | number
type KindGstDecklinkMappingFormat = 'default' | 'level-a' | 'level-b' | number
type KindGstDecklinkConnection = 'auto' | 'component' | 'composite' | 'hdmi' | 'optical-sdi' | 'sdi' | 'svideo' | number
type KindGstDeinterlaceModes = 'auto' | 'auto-strict' | 'disabled' | 'interlaced' | number
type KindGstDeinterlaceMethods = 'greedyh' | 'greedyl' | 'linear' | 'linearblend' | 'scalerbob' | 'tomsmocomp' | 'vfir' | 'weave' | 'weavebff' | 'weavetff' | 'yadif' | number
type KindGstDeinterlaceFields = 'all' | 'auto' | 'bottom' | 'top' | number
type KindGstDeinterlaceFieldLayout = 'auto' | 'bff' | 'tff' | number
type KindGstDeinterlaceLocking = 'active' | 'auto' | 'none' | 'passive' | number
type KindGstDfbVideoSinkLayerMode = 'administrative' | 'exclusive' | 'none' | number
type KindGstDvbSrcBandwidth = '1.712' | '10' | '5' | '6' | '7' | '8' | 'AUTO' | number
type KindGstDvbSrcCodeRate = '1/2' | '2/3' | '2/5' | '3/4' | '3/5' | '4/5' | '5/6' | '6/7' | '7/8' | '8/9' | '9/10' | 'auto' | 'none' | number
type KindGstDvbSrcGuard = '128' | '16' | '19/128' | '19/256' | '32' | '4' | '8' | 'auto' | 'pn420' | 'pn595' | 'pn945' | number
type KindGstDvbSrcModulation = '16apsk' | '16vsb' | '32apsk' | '8psk' | '8vsb' | 'auto' | 'dqpsk' | 'qam-128' | 'qam-16' | 'qam-256' | 'qam-32' | 'qam-4-nr' | 'qam-64' | 'qpsk' | number
type KindGstDvbSrcTransmissionMode = '16k' | '1k' | '2k' | '32k' | '4k' | '8k' | 'auto' | 'c1' | 'c3780' | number
type KindGstDvbSrcHierarchy = '1' | '2' | '4' | 'auto' | 'none' | number
type KindGstDvbSrcInversion = 'auto' | 'off' | 'on' | number
type KindGstDvbSrcDelsys = 'atsc' | 'atsc-mh' | 'cmmb' | 'dab' | 'dss' | 'dtmb' | 'dvb-c-a' | 'dvb-c-b' | 'dvb-c-c' | 'dvb-h' | 'dvb-s' | 'dvb-s2' | 'dvb-t' | 'dvb-t2' | 'isdb-c' | 'isdb-s' | 'isdb-t' | 'turbo' | 'undefined' | number
type KindGstDvbSrcPilot = 'auto' | 'off' | 'on' | number
type KindGstDvbSrcRolloff = '20' | '25' | '35' | 'auto' | number
type KindGstDvbSrcInterleaving = '240' | '720' | 'auto' | 'none' | number
type KindGstDVDecQualityEnum = 'best' | 'colour-ac' | 'colour-fastest' | 'fastest' | 'monochrome-ac' | 'monochrome-best' | number
type KindGstEncodeBinFlags = Flags<'no-audio-conversion' | 'no-video-conversion'>
type KindGstFlowReturn = 'custom-error' | 'custom-error-1' | 'custom-error-2' | 'custom-success' | 'custom-success-1' | 'custom-success-2' | 'eos' | 'error' | 'flushing' | 'not-linked' | 'not-negotiated' | 'not-supported' | 'ok' | number
type KindGstFakeAudioSinkStateError = 'none' | 'null-to-ready' | 'paused-to-playing' | 'paused-to-ready' | 'playing-to-paused' | 'ready-to-null' | 'ready-to-paused' | number
type KindGstFakeSinkStateError = 'none' | 'null-to-ready' | 'paused-to-playing' | 'paused-to-ready' | 'playing-to-paused' | 'ready-to-null' | 'ready-to-paused' | number
type KindGstFakeSrcDataType = 'allocate' | 'subbuffer' | number
type KindGstFakeSrcSizeType = 'empty' | 'fixed' | 'random' | number
type KindGstFakeSrcFillType = 'nothing' | 'pattern' | 'pattern-span' | 'random' | 'zero' | number
type KindGstFakeVideoSinkAllocationMetaFlags = Flags<'crop' | 'overlay-composition'>
type KindGstFakeVideoSinkStateError = 'none' | 'null-to-ready' | 'paused-to-playing' | 'paused-to-ready' | 'playing-to-paused' | 'ready-to-null' | 'ready-to-paused' | number
type KindGstFieldAnalysisFieldMetric = '3-tap' | 'sad' | 'ssd' | number
type KindGstFieldAnalysisFrameMetric = '5-tap' | 'windowed-comb' | number
type KindFieldAnalysisCombMethod = '32-detect' | '5-tap' | 'isCombed' | number
type KindGstFileSinkBufferMode = 'default' | 'full' | 'line' | 'unbuffered' | number
type KindGstFlacEncQuality = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | number
type KindGstGdkPixbufPositioningMode = 'pixels-absolute' | 'pixels-relative-to-edges' | number
type KindGstAudioVisualizerShader = 'fade' | 'fade-and-move-down' | 'fade-and-move-horiz-in' | 'fade-and-move-horiz-out' | 'fade-and-move-left' | 'fade-and-move-right' | 'fade-and-move-up' | 'fade-and-move-vert-in' | 'fade-and-move-vert-out' | 'none' | number
type KindGstVideoOrientationMethod = '180' | '90l' | '90r' | 'auto' | 'custom' | 'horiz' | 'identity' | 'ul-lr' | 'ur-ll' | 'vert' | number
type KindGstBufferFlags = Flags<'corrupted' | 'decode-only' | 'delta-unit' | 'discont' | 'droppable' | 'gap' | 'header' | 'last' | 'live' | 'marker' | 'non-droppable' | 'resync' | 'sync-after' | 'tag-memory'>
type KindGstInputSelectorSyncMode = 'active-segment' | 'clock' | number
type KindGstInterlacePattern = '1:1' | '1:2-4' | '2-11:3' | '2:2' | '2:3' | '2:3:3:2' | '3-7:4' | '3:2-4' | '3:3' | '3:3:4' | '3:4-3' | number
type KindGstAudioBaseSinkSlaveMethod = 'custom' | 'none' | 'resample' | 'skew' | number
type KindGstJackConnect = 'auto' | 'auto-forced' | 'explicit' | 'none' | number
type KindGstJackTransport = Flags<'master' | 'slave'>
type KindGstAudioBaseSrcSlaveMethod = 'none' | 're-timestamp' | 'resample' | 'skew' | number
type KindGstIDCTMethod = 'float' | 'ifast' | 'islow' | number
type KindGstLameMP3EncTarget = 'bitrate' | 'quality' | number
type KindGstLameMP3EncEncodingEngineQuality = 'fast' | 'high' | 'standard' | number
type KindGstLcmsIntent = 'absolute' | 'perceptual' | 'relative' | 'saturation' | number
type KindGstLcmsLookupMethod = 'cached' | 'precalculated' | 'uncached' | number
type KindGstLdacEqmid = 'hq' | 'mq' | 'sq' | number
type KindGstLine21DecoderMode = 'add' | 'drop' | 'replace' | number
type KindGstMirrorMode = 'bottom' | 'left' | 'right' | 'top' | number
type KindGstMpeg2encFormat = '0' | '1' | '10' | '11' | '12' | '13' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | number
type KindGstMpeg2encFramerate = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | number
type KindGstMpeg2encAspect = '0' | '1' | '2' | '3' | '4' | number
type KindGstMpeg2encInterlaceMode = '-1' | '0' | '1' | '2' | number
type KindGstMpeg2encQuantisationMatrix = '1' | '2' | '3' | '9' | number
type KindGstMpeg2encVideoNorm = '0' | 'n' | 'p' | 's' | number
type KindGstMpeg2encPlaybackFieldOrders = '0' | '1' | '2' | number
type KindGstMplexFormat = 'atsc-1080i' | 'atsc-480i' | 'atsc-480p' | 'atsc-720p' | 'dvd' | 'dvd-nav' | 'mpeg-1' | 'mpeg-2' | 'svcd' | 'svcd-nsr' | 'svcd-still' | 'vcd' | 'vcd-nsr' | 'vcd-still' | number
type KindGstMultiHandleSinkRecoverPolicy = 'keyframe' | 'latest' | 'none' | 'soft-limit' | number
type KindGstMultiHandleSinkSyncMethod = 'burst' | 'burst-keyframe' | 'burst-with-keyframe' | 'latest' | 'latest-keyframe' | 'next-keyframe' | number
type KindGstMultiFileSinkNext = 'buffer' | 'discont' | 'key-frame' | 'key-unit-event' | 'max-duration' | 'max-size' | number
type KindGstNetSimDistribution = 'gamma' | 'normal' | 'uniform' | number
type KindEUsageType = 'camera' | 'screen' | number
type KindRCMODES = 'bitrate' | 'buffer' | 'off' | 'quality' | number
type KindGstOpenh264encDeblockingModes = 'not-slice-boundaries' | 'off' | 'on' | number
type KindGstOpenh264EncSliceModes = 'auto' | 'n-slices' | number
type KindGstOpenh264encComplexity = 'high' | 'low' | 'medium' | number
type KindGstOpenJPEGEncProgressionOrder = 'crpl' | 'lrcp' | 'pcrl' | 'rlcp' | 'rpcl' | number
type KindGstNonstreamAudioSubsongMode = 'all' | 'default' | 'single' | number
type KindGstNonstreamAudioOutputMode = 'looping' | 'steady' | number
type KindGstOpenni2SrcSourcetype = 'both' | 'color' | 'depth' | number
type KindGstOpTVMode = 'horizontal-stripes' | 'maelstrom' | 'radiation' | 'vertical-stripes' | number
type KindGstOpusEncAudioType = 'generic' | 'restricted-lowdelay' | 'voice' | number
type KindGstOpusEncBandwidth = 'auto' | 'fullband' | 'mediumband' | 'narrowband' | 'superwideband' | 'wideband' | number
type KindGstOpusEncFrameSize = '10' | '2.5' | '20' | '40' | '5' | '60' | number
type KindGstOpusEncBitrateType = 'cbr' | 'constrained-vbr' | 'vbr' | number
type KindGstOutputSelectorPadNegotiationMode = 'active' | 'all' | 'none' | number
type KindGstPlayFlags = Flags<'audio' | 'buffering' | 'deinterlace' | 'download' | 'force-filters' | 'force-sw-decoders' | 'native-audio' | 'native-video' | 'soft-colorbalance' | 'soft-volume' | 'text' | 'video' | 'vis'>
type KindGstVideoMultiviewFramePacking = 'checkerboard' | 'column-interleaved' | 'left' | 'mono' | 'none' | 'right' | 'row-interleaved' | 'side-by-side' | 'side-by-side-quincunx' | 'top-bottom' | number
type KindGstVideoMultiviewFlags = Flags<'half-aspect' | 'left-flipped' | 'left-flopped' | 'mixed-mono' | 'none' | 'right-flipped' | 'right-flopped' | 'right-view-first'>
type KindGstPlaySinkSendEventMode = 'default' | 'first' | number
type KindGstQueueLeaky = 'downstream' | 'no' | 'upstream' | number
type KindGstRadioacTVMode = 'normal' | 'strobe1' | 'strobe2' | 'trigger' | number
type KindGstRadioacTVColor = 'blue' | 'green' | 'red' | 'white' | number
type KindGstRawAudioParseFormat = 'alaw' | 'mulaw' | 'pcm' | number
type KindGstVideoFormat = 'a420' | 'a420-10be' | 'a420-10le' | 'a422-10be' | 'a422-10le' | 'a444-10be' | 'a444-10le' | 'abgr' | 'abgr64-be' | 'abgr64-le' | 'argb' | 'argb64' | 'argb64-be' | 'argb64-le' | 'av12' | 'ayuv' | 'ayuv64' | 'bgr' | 'bgr10a2-le' | 'bgr15' | 'bgr16' | 'bgra' | 'bgra64-be' | 'bgra64-le' | 'bgrp' | 'bgrx' | 'encoded' | 'gbr' | 'gbr-10be' | 'gbr-10le' | 'gbr-12be' | 'gbr-12le' | 'gbra' | 'gbra-10be' | 'gbra-10le' | 'gbra-12be' | 'gbra-12le' | 'gray10-le32' | 'gray16-be' | 'gray16-le' | 'gray8' | 'i420' | 'i420-10be' | 'i420-10le' | 'i420-12be' | 'i420-12le' | 'i422-10be' | 'i422-10le' | 'i422-12be' | 'i422-12le' | 'iyu1' | 'iyu2' | 'nv12' | 'nv12-10be-8l128' | 'nv12-10le32' | 'nv12-10le40' | 'nv12-16l32s' | 'nv12-32l32' | 'nv12-4l4' | 'nv12-64z32' | 'nv12-8l128' | 'nv16' | 'nv16-10le32' | 'nv21' | 'nv24' | 'nv61' | 'p010-10be' | 'p010-10le' | 'p012-be' | 'p012-le' | 'p016-be' | 'p016-le' | 'r210' | 'rgb' | 'rgb10a2-le' | 'rgb15' | 'rgb16' | 'rgb8p' | 'rgba' | 'rgba64-be' | 'rgba64-le' | 'rgbp' | 'rgbx' | 'unknown' | 'uyvp' | 'uyvy' | 'v210' | 'v216' | 'v308' | 'vuya' | 'vyuy' | 'xbgr' | 'xrgb' | 'y210' | 'y212-be' | 'y212-le' | 'y410' | 'y412-be' | 'y412-le' | 'y41b' | 'y42b' | 'y444' | 'y444-10be' | 'y444-10le' | 'y444-12be' | 'y444-12le' | 'y444-16be' | 'y444-16le' | 'yuv9' | 'yuy2' | 'yv12' | 'yvu9' | 'yvyu' | number
type KindGstRippleTVMode = 'motion-detection' | 'rain' | number
type KindGstRistBondingMethodType = 'broadcast' | 'round-robin' | number
type KindGstRtmpAuthmod = 'adobe' | 'auto' | 'none' | number
type KindGstRtmpScheme = 'rtmp' | 'rtmps' | number
type KindGTlsCertificateFlags = Flags<'bad-identity' | 'expired' | 'generic-error' | 'insecure' | 'no-flags' | 'not-activated' | 'revoked' | 'unknown-ca' | 'validate-all'>
type KindGstRtmpStopCommands = Flags<'closestream' | 'deletestream' | 'fcunpublish' | 'none'>
type KindGstRTCPSync = 'always' | 'initial' | 'rtp-info' | number
type KindRTPJitterBufferMode = 'buffer' | 'none' | 'slave' | 'synced' | number
type KindGstRTPProfile = 'avp' | 'avpf' | 'savp' | 'savpf' | 'unknown' | number
type KindGstRtpNtpTimeSource = 'clock-time' | 'ntp' | 'running-time' | 'unix' | number
type KindGstDVPayMode = 'audio' | 'bundled' | 'video' | number
type KindGstFragmentationMode = 'normal' | 'sync' | number
type KindGstRtpH264AggregateMode = 'max-stap' | 'none' | 'zero-latency' | number
type KindGstRtpH265AggregateMode = 'max' | 'none' | 'zero-latency' | number
type KindILBCMode = '20ms' | '30ms' | number
type KindGstVP8RTPPayMode = '15-bit' | '7-bit' | 'none' | number
type KindGstVP9RTPPayMode = '15-bit' | '7-bit' | 'none' | number
type KindGstRTSPLowerTrans = Flags<'http' | 'tcp' | 'tls' | 'udp' | 'udp-mcast' | 'unknown'>
type KindGstRTSPNatMethod = 'dummy' | 'none' | number
type KindGstRTSPSrcBufferMode = 'auto' | 'buffer' | 'none' | 'slave' | 'synced' | number
type KindGstRTSPSrcNtpTimeSource = 'clock-time' | 'ntp' | 'running-time' | 'unix' | number
type KindGstRTSPVersion = '1-0' | '1-1' | '2-0' | 'invalid' | number
type KindGstRTSPBackchannel = 'none' | 'onvif' | number
type KindGstShout2SendProtocol = 'http' | 'icy' | 'xaudiocast' | number
type KindGstSidClock = 'ntsc' | 'pal' | number
type KindGstSidMemory = 'bank-switching' | 'playsid-environment' | 'transparent-rom' | number
type KindGstSMPTETransitionType = 'bar-wipe-lr' | 'bar-wipe-tb' | 'barndoor-dbl' | 'barndoor-dtl' | 'barndoor-h' | 'barndoor-v' | 'barnvee-d' | 'barnvee-l' | 'barnvee-r' | 'barnvee-u' | 'bowtie-h' | 'bowtie-v' | 'box-wipe-bc' | 'box-wipe-bl' | 'box-wipe-br' | 'box-wipe-lc' | 'box-wipe-rc' | 'box-wipe-tc' | 'box-wipe-tl' | 'box-wipe-tr' | 'clock-cw12' | 'clock-cw3' | 'clock-cw6' | 'clock-cw9' | 'diagonal-tl' | 'diagonal-tr' | 'doublefan-fih' | 'doublefan-fiv' | 'doublefan-foh' | 'doublefan-fov' | 'doublesweep-oh' | 'doublesweep-ov' | 'doublesweep-pd' | 'doublesweep-pdbl' | 'doublesweep-pdtl' | 'doublesweep-pv' | 'fan-b' | 'fan-cr' | 'fan-ct' | 'fan-l' | 'fan-r' | 'fan-t' | 'four-box-wipe-ci' | 'four-box-wipe-co' | 'iris-rect' | 'misc-diagonal-dbd' | 'misc-diagonal-dd' | 'pinwheel-fb' | 'pinwheel-tbh' | 'pinwheel-tbv' | 'saloondoor-b' | 'saloondoor-l' | 'saloondoor-r' | 'saloondoor-t' | 'singlesweep-cwb' | 'singlesweep-cwbl' | 'singlesweep-cwbr' | 'singlesweep-cwl' | 'singlesweep-cwr' | 'singlesweep-cwt' | 'singlesweep-cwtl' | 'singlesweep-cwtr' | 'vee-d' | 'vee-l' | 'vee-r' | 'vee-u' | 'windshield-h' | 'windshield-r' | 'windshield-u' | 'windshield-v' | number
type KindGstSMPTEAlphaTransitionType = 'bar-wipe-lr' | 'bar-wipe-tb' | 'barndoor-dbl' | 'barndoor-dtl' | 'barndoor-h' | 'barndoor-v' | 'barnvee-d' | 'barnvee-l' | 'barnvee-r' | 'barnvee-u' | 'bowtie-h' | 'bowtie-v' | 'box-wipe-bc' | 'box-wipe-bl' | 'box-wipe-br' | 'box-wipe-lc' | 'box-wipe-rc' | 'box-wipe-tc' | 'box-wipe-tl' | 'box-wipe-tr' | 'clock-cw12' | 'clock-cw3' | 'clock-cw6' | 'clock-cw9' | 'diagonal-tl' | 'diagonal-tr' | 'doublefan-fih' | 'doublefan-fiv' | 'doublefan-foh' | 'doublefan-fov' | 'doublesweep-oh' | 'doublesweep-ov' | 'doublesweep-pd' | 'doublesweep-pdbl' | 'doublesweep-pdtl' | 'doublesweep-pv' | 'fan-b' | 'fan-cr' | 'fan-ct' | 'fan-l' | 'fan-r' | 'fan-t' | 'four-box-wipe-ci' | 'four-box-wipe-co' | 'iris-rect' | 'misc-diagonal-dbd' | 'misc-diagonal-dd' | 'pinwheel-fb' | 'pinwheel-tbh' | 'pinwheel-tbv' | 'saloondoor-b' | 'saloondoor-l' | 'saloondoor-r' | 'saloondoor-t' | 'singlesweep-cwb' | 'singlesweep-cwbl' | 'singlesweep-cwbr' | 'singlesweep-cwl' | 'singlesweep-cwr' | 'singlesweep-cwt' | 'singlesweep-cwtl' | 'singlesweep-cwtr' | 'vee-d' | 'vee-l' | 'vee-r' | 'vee-u' | 'windshield-h' | 'windshield-r' | 'windshield-u' | 'windshield-v' | number
type KindSoupLoggerLogLevel = 'body' | 'headers' | 'minimal' | 'none' | number
type KindGstSpaceScopeStyle = 'color-dots' | 'color-lines' | 'dots' | 'lines' | number
type KindGstSpeexEncMode = 'auto' | 'nb' | 'uwb' | 'wb' | number
type KindGstSRTConnectionMode = 'caller' | 'listener' | 'none' | 'rendezvous' | number
type KindGstSRTKeyLength = '0' | '16' | '24' | '32' | 'no-key' | number
type KindGstSrtpCipherType = 'aes-128-gcm' | 'aes-128-icm' | 'aes-256-gcm' | 'aes-256-icm' | 'null' | number
type KindGstSrtpAuthType = 'hmac-sha1-32' | 'hmac-sha1-80' | 'null' | number
type KindGstTeePullMode = 'never' | 'single' | number
type KindGstTextRenderHAlign = 'center' | 'left' | 'right' | number
type KindGstTextRenderVAlign = 'baseline' | 'bottom' | 'top' | number
type KindGstTextRenderLineAlign = 'center' | 'left' | 'right' | number
type KindGstTheoraEncMultipassMode = 'first-pass' | 'second-pass' | 'single-pass' | number
type KindGstTimeCodeStamperSource = 'internal' | 'last-known' | 'last-known-or-zero' | 'ltc' | 'rtc' | 'zero' | number
type KindGstTimeCodeStamperSet = 'always' | 'keep' | 'never' | number
type KindGstTimeOverlayTimeLine = 'buffer-time' | 'elapsed-running-time' | 'reference-timestamp' | 'running-time' | 'stream-time' | 'time-code' | number
type KindGstTwoLameMode = 'auto' | 'dual' | 'joint' | 'mono' | 'stereo' | number
type KindGstTwoLamePadding = 'always' | 'never' | number
type KindGstTwoLameEmphasis = '5' | 'ccit' | 'none' | number
type KindGstSocketTimestampMode = 'disabled' | 'realtime' | number
type KindUvcH264SliceMode = 'MBs/slice' | 'bits/slice' | 'ignored' | 'slice/frame' | number
type KindUvcH264UsageType = 'broadcast' | 'realtime' | 'storage' | 'ucconfig0' | 'ucconfig1' | 'ucconfig2q' | 'ucconfig2s' | 'ucconfig3' | number
type KindUvcH264Entropy = 'cabac' | 'cavlc' | number
type KindUvcH264RateControl = 'cbr' | 'qp' | 'vbr' | number
type KindV4L2TVNorms = 'NTSC' | 'NTSC-443' | 'NTSC-M' | 'NTSC-M-JP' | 'NTSC-M-KR' | 'PAL' | 'PAL-60' | 'PAL-B' | 'PAL-B1' | 'PAL-BG' | 'PAL-D' | 'PAL-D1' | 'PAL-DK' | 'PAL-G' | 'PAL-H' | 'PAL-I' | 'PAL-K' | 'PAL-M' | 'PAL-N' | 'PAL-Nc' | 'SECAM' | 'SECAM-B' | 'SECAM-D' | 'SECAM-DK' | 'SECAM-G' | 'SECAM-H' | 'SECAM-K' | 'SECAM-K1' | 'SECAM-L' | 'SECAM-Lc' | 'none' | number
type KindGstV4l2IOMode = 'auto' | 'dmabuf' | 'dmabuf-import' | 'mmap' | 'rw' | 'userptr' | number
type KindGstValveDropMode = 'drop-all' | 'forward-sticky-events' | 'transform-to-gap' | number
type KindGstVideoBoxFill = 'black' | 'blue' | 'green' | 'red' | 'white' | 'yellow' | number
type KindGstVideoScaleMethod = '4-tap' | 'bilinear' | 'bilinear2' | 'catrom' | 'hermite' | 'lanczos' | 'mitchell' | 'nearest-neighbour' | 'sinc' | 'spline' | number
type KindGstVideoDitherMethod = 'bayer' | 'floyd-steinberg' | 'none' | 'sierra-lite' | 'verterr' | number
type KindGstVideoResamplerMethod = 'cubic' | 'lanczos' | 'linear' | 'nearest' | 'sinc' | number
type KindGstVideoAlphaMode = 'copy' | 'mult' | 'set' | number
type KindGstVideoChromaMode = 'downsample-only' | 'full' | 'none' | 'upsample-only' | number
type KindGstVideoMatrixMode = 'full' | 'input-only' | 'none' | 'output-only' | number
type KindGstVideoGammaMode = 'none' | 'remap' | number
type KindGstVideoPrimariesMode = 'fast' | 'merge-only' | 'none' | number
type KindGstVideoFlipMethod = 'automatic' | 'clockwise' | 'counterclockwise' | 'horizontal-flip' | 'none' | 'rotate-180' | 'upper-left-diagonal' | 'upper-right-diagonal' | 'vertical-flip' | number
type KindGstVideoMedianSize = '5' | '9' | number
type KindGstVideoMixer2Background = 'black' | 'checker' | 'transparent' | 'white' | number
type KindGstVideoTestSrcPattern = 'ball' | 'bar' | 'black' | 'blink' | 'blue' | 'checkers-1' | 'checkers-2' | 'checkers-4' | 'checkers-8' | 'chroma-zone-plate' | 'circular' | 'colors' | 'gamut' | 'gradient' | 'green' | 'pinwheel' | 'red' | 'smpte' | 'smpte-rp-219' | 'smpte100' | 'smpte75' | 'snow' | 'solid-color' | 'spokes' | 'white' | 'zone-plate' | number
type KindGstVideoTestSrcAnimationMode = 'frames' | 'running-time' | 'wall-time' | number
type KindGstVideoTestSrcMotionType = 'hsweep' | 'sweep' | 'wavy' | number
type KindGstVoAmrWbEncBandMode = 'MR1265' | 'MR1425' | 'MR1585' | 'MR1825' | 'MR1985' | 'MR2305' | 'MR2385' | 'MR660' | 'MR885' | 'MRDTX' | number
type KindGstVPXDecPostProcessingFlags = Flags<'addnoise' | 'deblock' | 'demacroblock' | 'mfqe'>
type KindGstVPXEncEndUsage = 'cbr' | 'cq' | 'vbr' | number
type KindGstVPXEncKfMode = 'auto' | 'disabled' | number
type KindGstVPXEncMultipassMode = 'first-pass' | 'last-pass' | 'one-pass' | number
type KindGstVPXEncErFlags = Flags<'default' | 'partitions'>
type KindGstVPXEncScalingMode = '1:2' | '3:5' | '4:5' | 'normal' | number
type KindGstVPXEncTokenPartitions = '1' | '2' | '4' | '8' | number
type KindGstVPXEncTuning = 'psnr' | 'ssim' | number
type KindGstVPXAQ = 'complexity' | 'cyclic-refresh' | 'equator360' | 'lookahead' | 'off' | 'perceptual' | 'psnr' | 'variance' | number
type KindGstWaveScopeStyle = 'color-dots' | 'color-lines' | 'dots' | 'lines' | number
type KindGstWavpackEncMode = 'fast' | 'high' | 'normal' | 'veryhigh' | number
type KindGstWavpackEncCorrectionMode = 'off' | 'on' | 'optimized' | number
type KindGstWavpackEncJSMode = 'auto' | 'leftright' | 'midside' | number
type KindGstWebpEncPreset = 'drawing' | 'icon' | 'none' | 'photo' | 'picture' | 'text' | number
type KindGstWebRTCBundlePolicy = 'balanced' | 'max-bundle' | 'max-compat' | 'none' | number
type KindGstWebRTCICETransportPolicy = 'all' | 'relay' | number
type KindGstWebrtcEchoSuppressionLevel = 'high' | 'low' | 'moderate' | number
type KindGstWebrtcNoiseSuppressionLevel = 'high' | 'low' | 'moderate' | 'very-high' | number
type KindGstWebrtcGainControlMode = 'adaptive-digital' | 'fixed-digital' | number
type KindGstWebrtcVoiceDetectionLikelihood = 'high' | 'low' | 'moderate' | 'very-low' | number
type KindGstX264EncPass = 'cbr' | 'pass1' | 'pass2' | 'pass3' | 'qual' | 'quant' | number
type KindGstX264EncMe = 'dia' | 'esa' | 'hex' | 'tesa' | 'umh' | number
type KindGstX264EncAnalyse = Flags<'b8x8' | 'i4x4' | 'i8x8' | 'p4x4' | 'p8x8'>
type KindGstX264EncPreset = 'None' | 'fast' | 'faster' | 'medium' | 'placebo' | 'slow' | 'slower' | 'superfast' | 'ultrafast' | 'veryfast' | 'veryslow' | number
type KindGstX264EncPsyTune = 'animation' | 'film' | 'grain' | 'none' | 'psnr' | 'ssim' | number
type KindGstX264EncTune = Flags<'fastdecode' | 'stillimage' | 'zerolatency'>
type KindGstX264EncFramePacking = 'auto' | 'checkerboard' | 'column-interleaved' | 'frame-interleaved' | 'row-interleaved' | 'side-by-side' | 'top-bottom' | number
type KindGstX265LogLevel = 'debug' | 'error' | 'full' | 'info' | 'none' | 'warning' | number
type KindGstX265SpeedPreset = 'No preset' | 'fast' | 'faster' | 'medium' | 'placebo' | 'slow' | 'slower' | 'superfast' | 'ultrafast' | 'veryfast' | 'veryslow' | number
type KindGstX265Tune = 'No tunning' | 'animation' | 'fastdecode' | 'grain' | 'psnr' | 'ssim' | 'zerolatency' | number
type KindGstBarCodeFormat = 'all' | 'aztec' | 'codabar' | 'code_128' | 'code_39' | 'code_93' | 'ean_13' | 'ean_8' | 'itf' | 'maxicode' | 'pdf_417' | 'png' | 'qr_code' | 'rss_14' | 'rss_expanded' | 'upc_a' | 'upc_e' | 'upc_ean_expansion' | number
interface Shared1 {
  /** at least -1; default -1 */ 'max-lateness'?: Long
  /** default true */ async?: boolean
  /** default true */ 'enable-last-sample'?: boolean
  /** default 0 */ 'render-delay'?: Long
  /** default 0 */ 'throttle-time'?: Long
  /** default 0 */ 'max-bitrate'?: Long
  /** default 20000000 */ 'processing-deadline'?: Long
}
interface Shared2 {
  /** default 0 */ brightness?: number
  /** default 0 */ contrast?: number
}
interface Shared3 {
  /** default full */ lowres?: KindGstLibAVVidDecLowres
  /** default Skip nothing */ 'skip-frame'?: KindGstLibAVVidDecSkipFrame
  /** default true */ 'direct-rendering'?: boolean
  /** default false @deprecated */ 'debug-mv'?: boolean
  /** default true */ 'output-corrupt'?: boolean
}
interface Shared4 {
  /** 0 … 30; default 0.01 */ quantizer?: number
  /** default cbr */ pass?: KindGstLibAVEncPass
  /** at least 1; default 4000000 */ 'bitrate-tolerance'?: number
  /** default 12 */ 'gop-size'?: number
  /** default 0.5 */ qcomp?: number
  /** at least -1; default 0.5 */ qblur?: number
  /** -1 … 69; default 2 */ qmin?: number
  /** -1 … 1024; default 31 */ qmax?: number
  /** default 3 */ qdiff?: number
  /** at least -1; default 0 */ 'max-bframes'?: number
  /** default 1.25 */ 'b-qfactor'?: number
  /** default 1.25 */ 'b-qoffset'?: number
  /** default -0.8 */ 'i-qfactor'?: number
  /** default 0 */ 'i-qoffset'?: number
  /** default auto */ dct?: KindAvcodeccontextDct
  /** default 0 */ 'lumi-mask'?: number
  /** default 0 */ 'tcplx-mask'?: number
  /** default 0 */ 'scplx-mask'?: number
  /** default 0 */ 'p-mask'?: number
  /** default 0 */ 'dark-mask'?: number
  /** default auto */ idct?: KindAvcodeccontextIdct
  /** default 0 */ 'dia-size'?: number
  /** default 0 */ 'last-pred'?: number
  /** default 0 */ 'pre-dia-size'?: number
  /** default 8 */ subq?: number
  /** default 0 */ 'me-range'?: number
  /** default simple */ mbd?: KindAvcodeccontextMbd
  /** default 0 */ 'rc-init-occupancy'?: number
  /** -8 … 16; default 0 */ dc?: number
  /** default 8 */ nssew?: number
  /** default sad */ cmp?: KindAvcodeccontextCmpFunc
  /** default sad */ subcmp?: KindAvcodeccontextCmpFunc
  /** default sad */ mbcmp?: KindAvcodeccontextCmpFunc
  /** default vsad */ ildctcmp?: KindAvcodeccontextCmpFunc
  /** default sad */ precmp?: KindAvcodeccontextCmpFunc
  /** 1 … 32767; default 236 */ mblmin?: number
  /** 1 … 32767; default 3658 */ mblmax?: number
  /** 0 … 4; default 1 */ 'bidir-refine'?: number
  /** default 25 */ 'keyint-min'?: number
  /** default 1 */ refs?: number
  /** at least 0; default 256 */ 'mv0-threshold'?: number
  /** at least 0; default 0 */ 'rc-max-vbv-use'?: number
  /** at least 0; default 3 */ 'rc-min-vbv-use'?: number
  /** default unknown */ 'chroma-sample-location'?: KindAvcodeccontextChromaSampleLocationType
  /** at least 0; default 0 */ slices?: number
  /** default unknown */ 'field-order'?: KindAvcodeccontextFieldOrder
}
interface Shared5 {
  /** at least 0; default 200000 */ bitrate?: number
  flags?: KindAvcodeccontextFlags
  flags2?: KindAvcodeccontextFlags2
  'export-side-data'?: KindAvcodeccontextExportSideData
  /** default normal */ strict?: KindAvcodeccontextStrict
  'err-detect'?: KindAvcodeccontextErrDetect
  /** 0 … 2147483647; default 0 */ maxrate?: Long
  /** -2147483648 … 2147483647; default 0 */ minrate?: Long
  /** default 0 */ bufsize?: number
  debug?: KindAvcodeccontextDebug
  /** default 0 */ 'global-quality'?: number
  /** default unknown */ threads?: KindAvcodeccontextThreads
  /** default 0 */ trellis?: number
  /** default -1 */ 'compression-level'?: number
  /** at least 1; default 1 */ 'ticks-per-frame'?: number
  'thread-type'?: KindAvcodeccontextThreadType
  'dump-separator'?: string
  /** 0 … 2147483647; default 2147483647 */ 'max-pixels'?: Long
}
interface Shared6 {
  /** at least 0; default 0 */ ar?: number
  /** at least 0; default 0 */ ac?: number
  /** default 0 */ cutoff?: number
  /** at least 0; default 0 */ 'frame-size'?: number
  /** default ma */ 'audio-service-type'?: KindAvcodeccontextAudioServiceType
  /** 0 … 2147483647; default 2147483647 */ 'max-samples'?: Long
}
interface Shared7 {
  /** -1 … 111; default -1 */ 'mixing-level'?: number
  /** default false */ 'per-frame-metadata'?: boolean
  /** -1 … 1; default -1 */ copyright?: number
  /** -31 … -1; default -31 */ dialnorm?: number
  /** -1 … 1; default -1 */ original?: number
  /** -1 … 2; default -1 */ 'ltrt-cmixlev'?: number
  /** -1 … 2; default -1 */ 'ltrt-surmixlev'?: number
  /** -1 … 2; default -1 */ 'loro-cmixlev'?: number
  /** -1 … 2; default -1 */ 'loro-surmixlev'?: number
  /** default true */ 'stereo-rematrixing'?: boolean
}
interface Shared8 {
  /** default 0 */ 'luma-elim-threshold'?: number
  /** default 0 */ 'chroma-elim-threshold'?: number
  /** at least 0; default 0 */ 'quantizer-noise-shaping'?: number
  /** at least 0; default 0 */ 'error-rate'?: number
  /** 0 … 99; default 0 */ qsquish?: number
  /** default 0 */ 'rc-qmod-amp'?: number
  /** default 0 */ 'rc-qmod-freq'?: number
  /** default 0 */ 'rc-init-cplx'?: number
  /** default 1 */ 'rc-buf-aggressivity'?: number
  /** default 0 */ 'border-mask'?: number
  /** at least 0; default 236 */ lmin?: number
  /** at least 0; default 3658 */ lmax?: number
  /** default 0 */ 'skip-threshold'?: number
  /** default 0 */ 'skip-factor'?: number
  /** default 0 */ 'skip-exp'?: number
  /** default 0 */ 'noise-reduction'?: number
  /** default 0 */ ps?: number
}
interface Shared9 {
  'rc-eq'?: string
  /** default 0 */ 'sc-threshold'?: number
}
interface Shared10 {
  'mpv-flags'?: KindGenericMpegvideoEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindGenericMpegvideoEncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindGenericMpegvideoEncoderMotionEst
}
interface Shared11 {
  /** default 256 */ mepc?: number
  /** default 0 */ mepre?: number
  /** 0 … 1073741823; default 0 */ 'intra-penalty'?: number
}
interface Shared12 {
  /** 0 … 2; default 0 */ 'b-strategy'?: number
  /** at least 1; default 40 */ 'b-sensitivity'?: number
  /** 0 … 3; default 0 */ 'brd-scale'?: number
}
interface Shared13 {
  /** at least 0; default 0 */ preload?: number
  /** at least 0; default 0 */ maxdelay?: number
}
interface Shared14 {
  'user-id'?: string
  'user-pw'?: string
  'proxy-id'?: string
  'proxy-pw'?: string
}
interface Shared15 {
  /** at least 0; default 0 */ 'device-number'?: number
  /** at least -1; default -1 */ 'persistent-id'?: Long
}
interface Shared16 {
  server?: string
  'client-name'?: string
}
interface Shared17 {
  /** 0 … 255; default 64 */ ttl?: number
  /** 0 … 255; default 1 */ 'ttl-mc'?: number
}
interface Shared18 {
  flags?: KindGstPlayFlags
  'subtitle-font-desc'?: string
  /** default 0 */ 'av-offset'?: Long
  /** default 0 */ 'text-offset'?: Long
}
interface Shared19 {
  /** at least -1; default -1 */ 'buffer-size'?: number
  /** at least -1; default -1 */ 'buffer-duration'?: Long
  /** 0 … 4294967295; default 0 */ 'ring-buffer-max-size'?: Long
}
interface Shared20 {
  /** default false */ 'drop-on-latency'?: boolean
  /** at least -1; default 1000 */ 'max-rtcp-rtp-time-diff'?: number
  /** default false */ 'rfc7273-sync'?: boolean
  /** default false */ 'add-reference-timestamp-meta'?: boolean
  /** default 0 */ 'max-ts-offset-adjustment'?: Long
}
interface Shared21 {
  sdes?: string
  /** default false @deprecated */ 'use-pipeline-clock'?: boolean
}
interface Shared22 {
  /** default false */ 'wait-for-keyframe'?: boolean
  /** default false */ 'request-keyframe'?: boolean
}
interface GstElement {
  name?: string
}
interface GstAggregator extends GstElement {
  /** default 0 */ latency?: Long
  /** default 0 */ 'min-upstream-latency'?: Long
  /** default zero */ 'start-time-selection'?: KindGstAggregatorStartTimeSelection
  /** default 18446744073709551615 */ 'start-time'?: Long
  /** default false */ 'emit-signals'?: boolean
}
interface GstBaseQTMux extends GstAggregator {
  /** default 0 */ 'movie-timescale'?: number
  /** default 0 */ 'trak-timescale'?: number
  /** default false */ faststart?: boolean
  'faststart-file'?: string
  'moov-recovery-file'?: string
  /** default 0 */ 'fragment-duration'?: number
  /** default 18446744073709551615 */ 'reserved-max-duration'?: Long
  /** default 18446744073709551615 */ 'reserved-moov-update-period'?: Long
  /** 0 … 10000; default 550 */ 'reserved-bytes-per-sec'?: number
  /** default false */ 'reserved-prefill'?: boolean
  /** default reorder @deprecated */ 'dts-method'?: KindGstQTMuxDtsMethods
  /** default true */ 'presentation-time'?: boolean
  /** default 0 */ 'interleave-bytes'?: Long
  /** default 250000000 */ 'interleave-time'?: Long
  /** default false */ 'force-chunks'?: boolean
  /** default 40000000 */ 'max-raw-audio-drift'?: Long
  /** default 0 */ 'start-gap-threshold'?: Long
  /** default false */ 'force-create-timecode-trak'?: boolean
  /** default dash-or-mss */ 'fragment-mode'?: KindGstQTMuxFragmentMode
}
interface Gst3GPPMux extends GstBaseQTMux {
  /** default false @deprecated */ streamable?: boolean
}
interface GstBin extends GstElement {
  /** default false */ 'async-handling'?: boolean
  /** default false */ 'message-forward'?: boolean
}
interface GstA2dpSink extends GstBin {
  device?: string
  /** default true */ 'auto-connect'?: boolean
  transport?: string
}
interface GstAudioDecoder extends GstElement {
  /** at least 0; default 0 */ 'min-latency'?: Long
  /** at least 0; default 0 */ tolerance?: Long
  /** default false */ plc?: boolean
  /** at least -1; default -1 */ 'max-errors'?: number
}
interface GstA52Dec extends GstAudioDecoder {
  /** default false */ drc?: boolean
  /** default 3f2r */ mode?: KindGstA52DecMode
  /** default true */ lfe?: boolean
}
interface GstBaseParse extends GstElement {
  /** default false */ 'disable-passthrough'?: boolean
}
interface GstAacParse extends GstBaseParse {
}
interface GstBaseSink extends GstElement, Shared1 {
  /** default true */ sync?: boolean
  /** default false */ qos?: boolean
  /** default 0 */ 'ts-offset'?: Long
  /** default 4096 */ blocksize?: number
}
interface GstVideoSink extends GstBaseSink {
  /** default true */ 'show-preroll-frame'?: boolean
}
interface GstAASink extends GstVideoSink, Shared2 {
  /** default 0 */ width?: number
  /** default 0 */ height?: number
  /** default x11 */ driver?: KindGstAASinkDrivers
  /** default no-dithering */ dither?: KindGstAASinkDitherers
  /** 0 … 5; default 1 */ gamma?: number
  /** default true */ inversion?: boolean
  /** default 0 */ randomval?: number
}
interface GstBaseTransform extends GstElement {
  /** default false */ qos?: boolean
}
interface GstVideoFilter extends GstBaseTransform {
}
interface GstAATv extends GstVideoFilter {
  /** at least 0; default 0 */ width?: number
  /** at least 0; default 0 */ height?: number
  /** default no-dithering */ dither?: KindGstAATvDitherers
  /** default Standard-vga-8x8-font */ font?: KindGstAATvFonts
  /** 0 … 255; default 0 */ contrast?: number
  /** 0 … 5; default 1 */ gamma?: number
  /** 0 … 255; default 0 */ randomval?: number
  /** default true */ 'brightness-auto'?: boolean
  /** -255 … 255; default 0 */ brightness?: number
  /** 0 … 1; default 0 */ 'brightness-min'?: number
  /** 0 … 1; default 0 */ 'brightness-max'?: number
  /** default 0 */ 'color-background'?: number
  /** default 0 */ 'color-text'?: number
  /** default 0 */ 'color-text-bold'?: number
  /** default 0 */ 'color-text-normal'?: number
  /** default 0 */ 'color-text-dim'?: number
  /** default 0 */ 'color-rain'?: number
  /** default 0 */ 'color-rain-bold'?: number
  /** default 0 */ 'color-rain-normal'?: number
  /** default 0 */ 'color-rain-dim'?: number
  /** default none */ 'rain-mode'?: KindGstAATvRainModes
  /** 0 … 1; default 0 */ 'rain-spawn-rate'?: number
  /** at least 0; default 0 */ 'rain-delay-min'?: number
  /** at least 0; default 0 */ 'rain-delay-max'?: number
  /** at least 0; default 0 */ 'rain-length-min'?: number
  /** at least 0; default 0 */ 'rain-length-max'?: number
}
interface GstAc3Parse extends GstBaseParse {
}
interface GstAudioFilter extends GstBaseTransform {
}
interface GstAccurip extends GstAudioFilter {
  /** default false */ 'first-track'?: boolean
  /** default false */ 'last-track'?: boolean
}
interface GstAdder extends GstElement {
  caps?: string
}
interface ADPCMDec extends GstAudioDecoder {
}
interface GstAudioEncoder extends GstElement {
  /** default false */ 'perfect-timestamp'?: boolean
  /** default false */ 'hard-resync'?: boolean
  /** at least 0; default 40000000 */ tolerance?: Long
}
interface ADPCMEnc extends GstAudioEncoder {
  /** 64 … 8192; default 1024 */ blockalign?: number
  /** default dvi */ layout?: KindGstADPCMEncLayout
}
interface GstAesDec extends GstBaseTransform {
  /** default aes-128-cbc */ cipher?: KindGstAesCipher
  /** default false */ 'serialize-iv'?: boolean
  key?: string
  iv?: string
  /** default true */ 'per-buffer-padding'?: boolean
}
interface GstAesEnc extends GstBaseTransform {
  /** default aes-128-cbc */ cipher?: KindGstAesCipher
  /** default false */ 'serialize-iv'?: boolean
  key?: string
  iv?: string
  /** default true */ 'per-buffer-padding'?: boolean
}
interface GstAgingTV extends GstVideoFilter {
  /** 0 … 20; default 7 */ 'scratch-lines'?: number
  /** default true */ 'color-aging'?: boolean
  /** default true */ pits?: boolean
  /** default true */ dusts?: boolean
}
interface GstAiffMux extends GstElement {
}
interface GstAiffParse extends GstElement {
}
interface GstALawDec extends GstAudioDecoder {
}
interface GstALawEnc extends GstAudioEncoder {
}
interface GstAlpha extends GstVideoFilter {
  /** default set */ method?: KindGstAlphaMethod
  /** 0 … 1; default 1 */ alpha?: number
  /** 0 … 255; default 0 */ 'target-r'?: number
  /** 0 … 255; default 255 */ 'target-g'?: number
  /** 0 … 255; default 0 */ 'target-b'?: number
  /** 0 … 90; default 20 */ angle?: number
  /** 0 … 64; default 2 */ 'noise-level'?: number
  /** 0 … 128; default 100 */ 'black-sensitivity'?: number
  /** 0 … 128; default 100 */ 'white-sensitivity'?: number
  /** default false */ 'prefer-passthrough'?: boolean
}
interface GstAlphaColor extends GstVideoFilter {
}
interface GstAlphaCombine extends GstElement {
}
interface GstAmrnbDec extends GstAudioDecoder {
  /** default IF1 */ variant?: KindGstAmrnbVariant
}
interface GstAmrnbEnc extends GstAudioEncoder {
  /** default MR122 */ 'band-mode'?: KindGstAmrnbEncBandMode
}
interface GstAmrParse extends GstBaseParse {
}
interface GstAmrwbDec extends GstAudioDecoder {
}
interface GstTagDemux extends GstElement {
}
interface GstApeDemux extends GstTagDemux {
}
interface GstTagMux extends GstElement {
}
interface GstApev2Mux extends GstTagMux {
}
interface GstAppSink extends GstBaseSink {
  caps?: string
  /** default false */ 'emit-signals'?: boolean
  /** default 0 */ 'max-buffers'?: number
  /** default false */ drop?: boolean
  /** default true */ 'wait-on-eos'?: boolean
  /** default false */ 'buffer-list'?: boolean
}
interface GstBaseSrc extends GstElement {
  /** default 4096 */ blocksize?: number
  /** at least -1; default -1 */ 'num-buffers'?: number
  /** default false @deprecated */ typefind?: boolean
  /** default false */ 'do-timestamp'?: boolean
}
interface GstAppSrc extends GstBaseSrc {
  caps?: string
  /** at least -1; default -1 */ size?: Long
  /** default stream */ 'stream-type'?: KindGstAppStreamType
  /** default 200000 */ 'max-bytes'?: Long
  /** default 0 */ 'max-buffers'?: Long
  /** default 0 */ 'max-time'?: Long
  /** default bytes */ format?: KindGstFormat
  /** default false */ block?: boolean
  /** default false */ 'is-live'?: boolean
  /** at least -1; default -1 */ 'min-latency'?: Long
  /** at least -1; default -1 */ 'max-latency'?: Long
  /** default true */ 'emit-signals'?: boolean
  /** 0 … 100; default 0 */ 'min-percent'?: number
  /** default 18446744073709551615 */ duration?: Long
  /** default false */ 'handle-segment-change'?: boolean
  /** default none */ 'leaky-type'?: KindGstAppLeakyType
}
interface GstASFDemux extends GstElement {
}
interface GstAsfMux extends GstElement {
  /** default 4800 */ 'packet-size'?: number
  /** default 5000 */ preroll?: Long
  /** default true */ 'merge-stream-tags'?: boolean
  /** default 0 */ padding?: Long
  /** default false */ streamable?: boolean
}
interface GstAsfParse extends GstBaseParse {
}
interface GstAspectRatioCrop extends GstBin {
  /** default 0/1 */ 'aspect-ratio'?: Fraction
}
interface GstAssRender extends GstElement {
  /** default true */ enable?: boolean
  /** default true */ embeddedfonts?: boolean
  /** default true */ 'wait-text'?: boolean
}
interface GstAsteriskh263 extends GstElement {
}
interface GstBaseTsMux extends GstAggregator {
  'prog-map'?: string
  /** default 9000 */ 'pat-interval'?: number
  /** default 9000 */ 'pmt-interval'?: number
  /** at least -1; default -1 */ alignment?: number
  /** default 9000 */ 'si-interval'?: number
  /** default 0 */ bitrate?: Long
  /** default 3600 */ 'pcr-interval'?: number
  /** default 0 */ 'scte-35-pid'?: number
  /** default 27000000 */ 'scte-35-null-interval'?: number
}
interface GstATSCMux extends GstBaseTsMux {
}
interface GstAudioAmplify extends GstAudioFilter {
  /** default 1 */ amplification?: number
  /** default clip */ 'clipping-method'?: KindGstAudioAmplifyClippingMethod
}
interface GstAudioBufferSplit extends GstElement {
  /** default 1/50 */ 'output-buffer-duration'?: Fraction
  /** 0 … 2147483647; default 0 */ 'output-buffer-size'?: number
  /** 0 … 18446744073709551614; default 40000000 */ 'alignment-threshold'?: Long
  /** 0 … 18446744073709551614; default 1000000000 */ 'discont-wait'?: Long
  /** default false */ 'strict-buffer-size'?: boolean
  /** default false */ gapless?: boolean
  /** default 0 */ 'max-silence-time'?: Long
}
interface GstAudioChannelMix extends GstAudioFilter {
  /** default 1 */ 'left-to-left'?: number
  /** default 0 */ 'left-to-right'?: number
  /** default 0 */ 'right-to-left'?: number
  /** default 1 */ 'right-to-right'?: number
}
interface GstAudioFXBaseIIRFilter extends GstAudioFilter {
}
interface GstAudioChebBand extends GstAudioFXBaseIIRFilter {
  /** default band-pass */ mode?: KindGstAudioChebBandMode
  /** 1 … 2; default 1 */ type?: number
  /** 0 … 100000; default 0 */ 'lower-frequency'?: number
  /** 0 … 100000; default 0 */ 'upper-frequency'?: number
  /** 0 … 200; default 0.25 */ ripple?: number
  /** 4 … 32; default 4 */ poles?: number
}
interface GstAudioChebLimit extends GstAudioFXBaseIIRFilter {
  /** default low-pass */ mode?: KindGstAudioChebLimitMode
  /** 1 … 2; default 1 */ type?: number
  /** 0 … 100000; default 0 */ cutoff?: number
  /** 0 … 200; default 0.25 */ ripple?: number
  /** 2 … 32; default 4 */ poles?: number
}
interface GstAudioConvert extends GstBaseTransform {
  /** default tpdf */ dithering?: KindGstAudioDitherMethod
  /** default none */ 'noise-shaping'?: KindGstAudioNoiseShapingMethod
  'mix-matrix'?: string
  /** 0 … 32; default 20 */ 'dithering-threshold'?: number
}
interface GstAudioDynamic extends GstAudioFilter {
  /** default hard-knee */ characteristics?: KindGstAudioDynamicCharacteristics
  /** default compressor */ mode?: KindGstAudioDynamicMode
  /** 0 … 1; default 0 */ threshold?: number
  /** at least 0; default 1 */ ratio?: number
}
interface GstAudioEcho extends GstAudioFilter {
  /** default 1 */ delay?: Long
  /** default 1 */ 'max-delay'?: Long
  /** 0 … 1; default 0 */ intensity?: number
  /** 0 … 1; default 0 */ feedback?: number
  /** default false */ 'surround-delay'?: boolean
  /** default 18446744073709551612 */ 'surround-mask'?: Long
}
interface GstAudioFXBaseFIRFilter extends GstAudioFilter {
  /** default false */ 'low-latency'?: boolean
  /** default true */ 'drain-on-changes'?: boolean
}
interface GstAudioFIRFilter extends GstAudioFXBaseFIRFilter {
  /** default 0 */ latency?: Long
}
interface GstAudioIIRFilter extends GstAudioFXBaseIIRFilter {
}
interface GstAudioAggregator extends GstAggregator {
  /** default 10000000 */ 'output-buffer-duration'?: Long
  /** 0 … 18446744073709551614; default 40000000 */ 'alignment-threshold'?: Long
  /** 0 … 18446744073709551614; default 1000000000 */ 'discont-wait'?: Long
  /** default 1/100 */ 'output-buffer-duration-fraction'?: Fraction
  /** default false */ 'ignore-inactive-pads'?: boolean
  /** default false */ 'force-live'?: boolean
}
interface GstAudioInterleave extends GstAudioAggregator {
  /** default true */ 'channel-positions-from-input'?: boolean
}
interface GstAudioInvert extends GstAudioFilter {
  /** 0 … 1; default 0 */ degree?: number
}
interface GstAudioKaraoke extends GstAudioFilter {
  /** 0 … 1; default 1 */ level?: number
  /** 0 … 1; default 1 */ 'mono-level'?: number
  /** 0 … 441; default 220 */ 'filter-band'?: number
  /** 0 … 100; default 100 */ 'filter-width'?: number
}
interface GstAudioLatency extends GstBin {
  /** default false */ 'print-latency'?: boolean
  /** at least 1; default 240 */ samplesperbuffer?: number
}
interface GstAudioMixer extends GstAudioAggregator {
}
interface GstAudioMixMatrix extends GstBaseTransform {
  /** 0 … 64; default 0 */ 'in-channels'?: number
  /** 0 … 64; default 0 */ 'out-channels'?: number
  matrix?: string
  /** default 0 */ 'channel-mask'?: Long
  /** default manual */ mode?: KindGstAudioMixMatrixModeType
}
interface GstAudioPanorama extends GstBaseTransform {
  /** -1 … 1; default 0 */ panorama?: number
  /** default psychoacoustic */ method?: KindGstAudioPanoramaMethod
}
interface GstAudioParse extends GstBin {
  /** default raw */ format?: KindGstAudioParseFormat
  /** default s16le */ 'raw-format'?: KindGstAudioFormat
  /** at least 1; default 44100 */ rate?: number
  /** 1 … 64; default 2 */ channels?: number
  /** default true */ interleaved?: boolean
  /** default false */ 'use-sink-caps'?: boolean
}
interface GstAudioRate extends GstElement {
  /** default true */ silent?: boolean
  /** default 40000000 */ tolerance?: Long
  /** default false */ 'skip-to-first'?: boolean
}
interface GstAudioResample extends GstBaseTransform {
  /** 0 … 10; default 4 */ quality?: number
  /** default kaiser */ 'resample-method'?: KindGstAudioResamplerMethod
  /** default auto */ 'sinc-filter-mode'?: KindGstAudioResamplerFilterMode
  /** default 1048576 */ 'sinc-filter-auto-threshold'?: number
  /** default cubic */ 'sinc-filter-interpolation'?: KindGstAudioResamplerFilterInterpolation
}
interface GstSegmentClip extends GstElement {
}
interface GstAudioSegmentClip extends GstSegmentClip {
}
interface GstAudioTestSrc extends GstBaseSrc {
  /** at least 1; default 1024 */ samplesperbuffer?: number
  /** default sine */ wave?: KindGstAudioTestSrcWave
  /** 0 … 1073740000; default 440 */ freq?: number
  /** 0 … 1; default 0.8 */ volume?: number
  /** default false */ 'is-live'?: boolean
  /** default 0 */ 'timestamp-offset'?: Long
  /** default 10 */ 'sine-periods-per-tick'?: number
  /** default 1000000000 */ 'tick-interval'?: Long
  /** default 0 */ 'marker-tick-period'?: number
  /** 0 … 1; default 1 */ 'marker-tick-volume'?: number
  /** default false */ 'apply-tick-ramp'?: boolean
  /** default true */ 'can-activate-push'?: boolean
  /** default false */ 'can-activate-pull'?: boolean
}
interface GstAudioWSincBand extends GstAudioFXBaseFIRFilter {
  /** 3 … 256000; default 101 */ length?: number
  /** 0 … 100000; default 0 */ 'lower-frequency'?: number
  /** 0 … 100000; default 0 */ 'upper-frequency'?: number
  /** default band-pass */ mode?: KindGstAudioWSincBandMode
  /** default hamming */ window?: KindGstAudioWSincBandWindow
}
interface GstAudioWSincLimit extends GstAudioFXBaseFIRFilter {
  /** 3 … 256000; default 101 */ length?: number
  /** 0 … 100000; default 0 */ cutoff?: number
  /** default low-pass */ mode?: KindGstAudioWSincLimitMode
  /** default hamming */ window?: KindGstAudioWSincLimitWindow
}
interface GstAuParse extends GstElement {
}
interface GstAutoDetect extends GstBin {
  'filter-caps'?: string
  /** default true */ sync?: boolean
}
interface GstAutoAudioSink extends GstAutoDetect {
  /** default 0 */ 'ts-offset'?: Long
}
interface GstAutoAudioSrc extends GstAutoDetect {
}
interface GstAutoConvert extends GstBin {
}
interface GstAutoVideoConvert extends GstBin {
}
interface GstAutoVideoSink extends GstAutoDetect {
  /** default 0 */ 'ts-offset'?: Long
}
interface GstAutoVideoSrc extends GstAutoDetect {
}
interface GstVideoDecoder extends GstElement {
  /** default true */ qos?: boolean
  /** at least -1; default -1 */ 'max-errors'?: number
  /** default 0 */ 'min-force-key-unit-interval'?: Long
  /** default false */ 'discard-corrupted-frames'?: boolean
  /** default false */ 'automatic-request-sync-points'?: boolean
  'automatic-request-sync-point-flags'?: KindGstVideoDecoderRequestSyncPointFlags
}
interface GstAV1Dec extends GstVideoDecoder {
}
interface GstVideoEncoder extends GstElement {
  /** default false */ qos?: boolean
  /** default 0 */ 'min-force-key-unit-interval'?: Long
}
interface GstAV1Enc extends GstVideoEncoder {
  /** 0 … 10; default 0 */ 'cpu-used'?: number
  /** default 0 */ 'drop-frame'?: number
  /** default none */ 'resize-mode'?: KindGstAV1EncResizeMode
  /** 8 … 16; default 8 */ 'resize-denominator'?: number
  /** 8 … 16; default 8 */ 'resize-kf-denominator'?: number
  /** default none */ 'superres-mode'?: KindGstAV1EncSuperresMode
  /** 8 … 16; default 8 */ 'superres-denominator'?: number
  /** 8 … 16; default 8 */ 'superres-kf-denominator'?: number
  /** 1 … 63; default 63 */ 'superres-qthresh'?: number
  /** 1 … 63; default 63 */ 'superres-kf-qthresh'?: number
  /** default vbr */ 'end-usage'?: KindGstAV1EncEndUsageMode
  /** default 256 */ 'target-bitrate'?: number
  /** default 0 */ 'min-quantizer'?: number
  /** default 0 */ 'max-quantizer'?: number
  /** 0 … 1000; default 25 */ 'undershoot-pct'?: number
  /** 0 … 1000; default 25 */ 'overshoot-pct'?: number
  /** default 6000 */ 'buf-sz'?: number
  /** default 4000 */ 'buf-initial-sz'?: number
  /** default 5000 */ 'buf-optimal-sz'?: number
  /** default 0 */ threads?: number
  /** default true */ 'row-mt'?: boolean
  /** 0 … 6; default 0 */ 'tile-columns'?: number
  /** 0 … 6; default 0 */ 'tile-rows'?: number
  /** default auto */ 'keyframe-mode'?: KindGstAV1EncKFMode
  /** default one-pass */ 'enc-pass'?: KindGstAV1EncEncPass
  /** default good-quality */ 'usage-profile'?: KindGstAV1EncUsageProfile
  /** default 0 */ 'lag-in-frames'?: number
  /** at least 0; default 30 */ 'keyframe-max-dist'?: number
}
interface GstAV1Parse extends GstBaseParse {
}
interface GstFFMpegVidDec extends GstVideoDecoder {
  /** default auto */ 'std-compliance'?: KindGstAvCodecCompliance
}
interface avdec_4xm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_8bps extends GstFFMpegVidDec, Shared3 {
}
interface avdec_8svx_exp extends GstAudioDecoder {
}
interface avdec_8svx_fib extends GstAudioDecoder {
}
interface avdec_aac extends GstAudioDecoder {
}
interface avdec_aac_fixed extends GstAudioDecoder {
}
interface avdec_aac_latm extends GstAudioDecoder {
}
interface avdec_aasc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ac3 extends GstAudioDecoder {
}
interface avdec_ac3_fixed extends GstAudioDecoder {
}
interface avdec_acelp_kelvin extends GstAudioDecoder {
}
interface avdec_adpcm_4xm extends GstAudioDecoder {
}
interface avdec_adpcm_adx extends GstAudioDecoder {
}
interface avdec_adpcm_afc extends GstAudioDecoder {
}
interface avdec_adpcm_agm extends GstAudioDecoder {
}
interface avdec_adpcm_aica extends GstAudioDecoder {
}
interface avdec_adpcm_argo extends GstAudioDecoder {
}
interface avdec_adpcm_ct extends GstAudioDecoder {
}
interface avdec_adpcm_dtk extends GstAudioDecoder {
}
interface avdec_adpcm_ea extends GstAudioDecoder {
}
interface avdec_adpcm_ea_maxis_xa extends GstAudioDecoder {
}
interface avdec_adpcm_ea_r1 extends GstAudioDecoder {
}
interface avdec_adpcm_ea_r2 extends GstAudioDecoder {
}
interface avdec_adpcm_ea_r3 extends GstAudioDecoder {
}
interface avdec_adpcm_ea_xas extends GstAudioDecoder {
}
interface avdec_adpcm_ima_acorn extends GstAudioDecoder {
}
interface avdec_adpcm_ima_alp extends GstAudioDecoder {
}
interface avdec_adpcm_ima_amv extends GstAudioDecoder {
}
interface avdec_adpcm_ima_apc extends GstAudioDecoder {
}
interface avdec_adpcm_ima_apm extends GstAudioDecoder {
}
interface avdec_adpcm_ima_cunning extends GstAudioDecoder {
}
interface avdec_adpcm_ima_dat4 extends GstAudioDecoder {
}
interface avdec_adpcm_ima_dk3 extends GstAudioDecoder {
}
interface avdec_adpcm_ima_dk4 extends GstAudioDecoder {
}
interface avdec_adpcm_ima_ea_eacs extends GstAudioDecoder {
}
interface avdec_adpcm_ima_ea_sead extends GstAudioDecoder {
}
interface avdec_adpcm_ima_iss extends GstAudioDecoder {
}
interface avdec_adpcm_ima_moflex extends GstAudioDecoder {
}
interface avdec_adpcm_ima_mtf extends GstAudioDecoder {
}
interface avdec_adpcm_ima_oki extends GstAudioDecoder {
}
interface avdec_adpcm_ima_qt extends GstAudioDecoder {
}
interface avdec_adpcm_ima_rad extends GstAudioDecoder {
}
interface avdec_adpcm_ima_smjpeg extends GstAudioDecoder {
}
interface avdec_adpcm_ima_ssi extends GstAudioDecoder {
}
interface avdec_adpcm_ima_wav extends GstAudioDecoder {
}
interface avdec_adpcm_ima_ws extends GstAudioDecoder {
}
interface avdec_adpcm_ms extends GstAudioDecoder {
}
interface avdec_adpcm_mtaf extends GstAudioDecoder {
}
interface avdec_adpcm_psx extends GstAudioDecoder {
}
interface avdec_adpcm_sbpro_2 extends GstAudioDecoder {
}
interface avdec_adpcm_sbpro_3 extends GstAudioDecoder {
}
interface avdec_adpcm_sbpro_4 extends GstAudioDecoder {
}
interface avdec_adpcm_swf extends GstAudioDecoder {
}
interface avdec_adpcm_thp extends GstAudioDecoder {
}
interface avdec_adpcm_thp_le extends GstAudioDecoder {
}
interface avdec_adpcm_vima extends GstAudioDecoder {
}
interface avdec_adpcm_xa extends GstAudioDecoder {
}
interface avdec_adpcm_yamaha extends GstAudioDecoder {
}
interface avdec_adpcm_zork extends GstAudioDecoder {
}
interface avdec_agm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_aic extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_alac extends GstAudioDecoder {
}
interface avdec_alias_pix extends GstFFMpegVidDec, Shared3 {
}
interface avdec_als extends GstAudioDecoder {
}
interface avdec_amrnb extends GstAudioDecoder {
}
interface avdec_amrwb extends GstAudioDecoder {
}
interface avdec_amv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_anm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ansi extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ape extends GstAudioDecoder {
}
interface avdec_apng extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_aptx extends GstAudioDecoder {
}
interface avdec_aptx_hd extends GstAudioDecoder {
}
interface avdec_arbc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_argo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_asv1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_asv2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_atrac1 extends GstAudioDecoder {
}
interface avdec_atrac3 extends GstAudioDecoder {
}
interface avdec_atrac3al extends GstAudioDecoder {
}
interface avdec_atrac3plus extends GstAudioDecoder {
}
interface avdec_atrac3plusal extends GstAudioDecoder {
}
interface avdec_atrac9 extends GstAudioDecoder {
}
interface avdec_aura extends GstFFMpegVidDec, Shared3 {
}
interface avdec_aura2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_avrn extends GstFFMpegVidDec, Shared3 {
}
interface avdec_avrp extends GstFFMpegVidDec, Shared3 {
}
interface avdec_avs extends GstFFMpegVidDec, Shared3 {
}
interface avdec_avui extends GstFFMpegVidDec, Shared3 {
}
interface avdec_bethsoftvid extends GstFFMpegVidDec, Shared3 {
}
interface avdec_bfi extends GstFFMpegVidDec, Shared3 {
}
interface avdec_binkaudio_dct extends GstAudioDecoder {
}
interface avdec_binkaudio_rdft extends GstAudioDecoder {
}
interface avdec_binkvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_bintext extends GstFFMpegVidDec, Shared3 {
}
interface avdec_bitpacked extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_bmp extends GstFFMpegVidDec, Shared3 {
}
interface avdec_bmv_audio extends GstAudioDecoder {
}
interface avdec_bmv_video extends GstFFMpegVidDec, Shared3 {
}
interface avdec_brender_pix extends GstFFMpegVidDec, Shared3 {
}
interface avdec_c93 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_camstudio extends GstFFMpegVidDec, Shared3 {
}
interface avdec_camtasia extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cavs extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cdtoons extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cdxl extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cfhd extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_cinepak extends GstFFMpegVidDec, Shared3 {
}
interface avdec_clearvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cljr extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cllc extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_comfortnoise extends GstAudioDecoder {
}
interface avdec_cook extends GstAudioDecoder {
}
interface avdec_cpia extends GstFFMpegVidDec, Shared3 {
}
interface avdec_cri extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_cyuv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_dca extends GstAudioDecoder {
}
interface avdec_dds extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_derf_dpcm extends GstAudioDecoder {
}
interface avdec_dfa extends GstFFMpegVidDec, Shared3 {
}
interface avdec_dfpwm extends GstAudioDecoder {
}
interface avdec_dirac extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_dnxhd extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_dolby_e extends GstAudioDecoder {
}
interface avdec_dpx extends GstFFMpegVidDec, Shared3 {
}
interface avdec_dsd_lsbf extends GstAudioDecoder {
}
interface avdec_dsd_lsbf_planar extends GstAudioDecoder {
}
interface avdec_dsd_msbf extends GstAudioDecoder {
}
interface avdec_dsd_msbf_planar extends GstAudioDecoder {
}
interface avdec_dsicinaudio extends GstAudioDecoder {
}
interface avdec_dsicinvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_dss_sp extends GstAudioDecoder {
}
interface avdec_dst extends GstAudioDecoder {
}
interface avdec_dvaudio extends GstAudioDecoder {
}
interface avdec_dvvideo extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_dxa extends GstFFMpegVidDec, Shared3 {
}
interface avdec_dxtory extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_dxv extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_eac3 extends GstAudioDecoder {
}
interface avdec_eacmv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_eamad extends GstFFMpegVidDec, Shared3 {
}
interface avdec_eatgq extends GstFFMpegVidDec, Shared3 {
}
interface avdec_eatgv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_eatqi extends GstFFMpegVidDec, Shared3 {
}
interface avdec_escape124 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_escape130 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_evrc extends GstAudioDecoder {
}
interface avdec_exr extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_fastaudio extends GstAudioDecoder {
}
interface avdec_ffv1 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_ffvhuff extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_fic extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_fits extends GstFFMpegVidDec, Shared3 {
}
interface avdec_flac extends GstAudioDecoder {
}
interface avdec_flashsv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_flashsv2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_flic extends GstFFMpegVidDec, Shared3 {
}
interface avdec_flv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_fmvc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_fraps extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_frwu extends GstFFMpegVidDec, Shared3 {
}
interface avdec_g2m extends GstFFMpegVidDec, Shared3 {
}
interface avdec_g722 extends GstAudioDecoder {
}
interface avdec_g723_1 extends GstAudioDecoder {
}
interface avdec_g726 extends GstAudioDecoder {
}
interface avdec_g726le extends GstAudioDecoder {
}
interface avdec_g729 extends GstAudioDecoder {
}
interface avdec_gdv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_gem extends GstFFMpegVidDec, Shared3 {
}
interface avdec_gif extends GstFFMpegVidDec, Shared3 {
}
interface avdec_gremlin_dpcm extends GstAudioDecoder {
}
interface avdec_gsm extends GstAudioDecoder {
}
interface avdec_gsm_ms extends GstAudioDecoder {
}
interface avdec_h261 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_h263 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_h263i extends GstFFMpegVidDec, Shared3 {
}
interface avdec_h263p extends GstFFMpegVidDec, Shared3 {
}
interface avdec_h264 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_h265 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_hap extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_hca extends GstAudioDecoder {
}
interface avdec_hcom extends GstAudioDecoder {
}
interface avdec_hnm4video extends GstFFMpegVidDec, Shared3 {
}
interface avdec_hq_hqa extends GstFFMpegVidDec, Shared3 {
}
interface avdec_hqx extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_huffyuv extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_hymt extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_iac extends GstAudioDecoder {
}
interface avdec_idcinvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_idf extends GstFFMpegVidDec, Shared3 {
}
interface avdec_iff extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ilbc extends GstAudioDecoder {
}
interface avdec_imc extends GstAudioDecoder {
}
interface avdec_imm4 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_imm5 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_indeo2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_indeo3 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_indeo4 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_indeo5 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_interplay_dpcm extends GstAudioDecoder {
}
interface avdec_interplayacm extends GstAudioDecoder {
}
interface avdec_interplayvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ipu extends GstFFMpegVidDec, Shared3 {
}
interface avdec_jpeg2000 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_jpegls extends GstFFMpegVidDec, Shared3 {
}
interface avdec_jv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_kgv1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_kmvc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_lagarith extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_loco extends GstFFMpegVidDec, Shared3 {
}
interface avdec_lscr extends GstFFMpegVidDec, Shared3 {
}
interface avdec_m101 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mace3 extends GstAudioDecoder {
}
interface avdec_mace6 extends GstAudioDecoder {
}
interface avdec_magicyuv extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_mdec extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_metasound extends GstAudioDecoder {
}
interface avdec_mimic extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_mjpeg extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mjpegb extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mlp extends GstAudioDecoder {
}
interface avdec_mmvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mobiclip extends GstFFMpegVidDec, Shared3 {
}
interface avdec_motionpixels extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mp1float extends GstAudioDecoder {
}
interface avdec_mp2float extends GstAudioDecoder {
}
interface avdec_mp3 extends GstAudioDecoder {
}
interface avdec_mp3adu extends GstAudioDecoder {
}
interface avdec_mp3adufloat extends GstAudioDecoder {
}
interface avdec_mp3float extends GstAudioDecoder {
}
interface avdec_mp3on4 extends GstAudioDecoder {
}
interface avdec_mp3on4float extends GstAudioDecoder {
}
interface avdec_mpc7 extends GstAudioDecoder {
}
interface avdec_mpc8 extends GstAudioDecoder {
}
interface avdec_mpeg2video extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_mpeg4 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_mpegvideo extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_msa1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mscc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msmpeg4 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msmpeg4v1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msmpeg4v2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msnsiren extends GstAudioDecoder {
}
interface avdec_msp2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msrle extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mss1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mss2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_msvideo1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mszh extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_mts2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mv30 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mvc1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mvc2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mvdv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mvha extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mwsc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_mxpeg extends GstFFMpegVidDec, Shared3 {
}
interface avdec_nellymoser extends GstAudioDecoder {
}
interface avdec_notchlc extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_nuv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_on2avc extends GstAudioDecoder {
}
interface avdec_opus extends GstAudioDecoder {
}
interface avdec_paf_audio extends GstAudioDecoder {
}
interface avdec_paf_video extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pam extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pbm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pcm_lxf extends GstAudioDecoder {
}
interface avdec_pcm_sga extends GstAudioDecoder {
}
interface avdec_pcm_vidc extends GstAudioDecoder {
}
interface avdec_pcx extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pfm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pgm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pgmyuv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pgx extends GstFFMpegVidDec, Shared3 {
}
interface avdec_phm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_photocd extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_pictor extends GstFFMpegVidDec, Shared3 {
}
interface avdec_pixlet extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_png extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_ppm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_prores extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_prosumer extends GstFFMpegVidDec, Shared3 {
}
interface avdec_psd extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_ptx extends GstFFMpegVidDec, Shared3 {
}
interface avdec_qcelp extends GstAudioDecoder {
}
interface avdec_qdm2 extends GstAudioDecoder {
}
interface avdec_qdmc extends GstAudioDecoder {
}
interface avdec_qdraw extends GstFFMpegVidDec, Shared3 {
}
interface avdec_qoi extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_qpeg extends GstFFMpegVidDec, Shared3 {
}
interface avdec_qtrle extends GstFFMpegVidDec, Shared3 {
}
interface avdec_r10k extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ralf extends GstAudioDecoder {
}
interface avdec_rasc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_real_144 extends GstAudioDecoder {
}
interface avdec_real_288 extends GstAudioDecoder {
}
interface avdec_rl2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_roq_dpcm extends GstAudioDecoder {
}
interface avdec_roqvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_rpza extends GstFFMpegVidDec, Shared3 {
}
interface avdec_rscc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_rv10 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_rv20 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_rv30 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_rv40 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_s302m extends GstAudioDecoder {
}
interface avdec_sanm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sbc extends GstAudioDecoder {
}
interface avdec_scpr extends GstFFMpegVidDec, Shared3 {
}
interface avdec_screenpresso extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sdx2_dpcm extends GstAudioDecoder {
}
interface avdec_sga extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sgi extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sgirle extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sheervideo extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_shorten extends GstAudioDecoder {
}
interface avdec_simbiosis_imx extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sipr extends GstAudioDecoder {
}
interface avdec_siren extends GstAudioDecoder {
}
interface avdec_smackaud extends GstAudioDecoder {
}
interface avdec_smackvid extends GstFFMpegVidDec, Shared3 {
}
interface avdec_smc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_smvjpeg extends GstFFMpegVidDec, Shared3 {
}
interface avdec_snow extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sol_dpcm extends GstAudioDecoder {
}
interface avdec_sonic extends GstAudioDecoder {
}
interface avdec_sp5x extends GstFFMpegVidDec, Shared3 {
}
interface avdec_speedhq extends GstFFMpegVidDec, Shared3 {
}
interface avdec_speex extends GstAudioDecoder {
}
interface avdec_srgc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_sunrast extends GstFFMpegVidDec, Shared3 {
}
interface avdec_svq1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_svq3 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_tak extends GstAudioDecoder {
}
interface avdec_targa extends GstFFMpegVidDec, Shared3 {
}
interface avdec_targa_y216 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_tdsc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_thp extends GstFFMpegVidDec, Shared3 {
}
interface avdec_tiertexseqvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_tiff extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_tmv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_truehd extends GstAudioDecoder {
}
interface avdec_truemotion1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_truemotion2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_truemotion2rt extends GstFFMpegVidDec, Shared3 {
}
interface avdec_truespeech extends GstAudioDecoder {
}
interface avdec_tscc2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_tta extends GstAudioDecoder {
}
interface avdec_twinvq extends GstAudioDecoder {
}
interface avdec_txd extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ultimotion extends GstFFMpegVidDec, Shared3 {
}
interface avdec_utvideo extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vb extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vble extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vbn extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vc1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vc1image extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vcr1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vmdaudio extends GstAudioDecoder {
}
interface avdec_vmdvideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vmnc extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vp3 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vp4 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vp5 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vp6 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vp6a extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vp6f extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vp7 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_vp8 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vp9 extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_vqavideo extends GstFFMpegVidDec, Shared3 {
}
interface avdec_wavesynth extends GstAudioDecoder {
}
interface avdec_wcmv extends GstFFMpegVidDec, Shared3 {
}
interface avdec_webp extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_wmalossless extends GstAudioDecoder {
}
interface avdec_wmapro extends GstAudioDecoder {
}
interface avdec_wmav1 extends GstAudioDecoder {
}
interface avdec_wmav2 extends GstAudioDecoder {
}
interface avdec_wmavoice extends GstAudioDecoder {
}
interface avdec_wmv1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_wmv2 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_wmv3 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_wmv3image extends GstFFMpegVidDec, Shared3 {
}
interface avdec_wnv1 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ws_snd1 extends GstAudioDecoder {
}
interface avdec_xan_dpcm extends GstAudioDecoder {
}
interface avdec_xan_wc3 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xan_wc4 extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xbin extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xbm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xface extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xl extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xma1 extends GstAudioDecoder {
}
interface avdec_xma2 extends GstAudioDecoder {
}
interface avdec_xpm extends GstFFMpegVidDec, Shared3 {
}
interface avdec_xwd extends GstFFMpegVidDec, Shared3 {
}
interface avdec_ylc extends GstFFMpegVidDec, Shared3 {
  /** at least 0; default 0 */ 'max-threads'?: number
  'thread-type'?: KindGstLibAVVidDecThreadType
}
interface avdec_yop extends GstFFMpegVidDec, Shared3 {
}
interface avdec_zerocodec extends GstFFMpegVidDec, Shared3 {
}
interface avdec_zmbv extends GstFFMpegVidDec, Shared3 {
}
interface GstFFMpegDeinterlace extends GstElement {
  /** default auto */ mode?: KindGstLibAVDeinterlaceModes
}
interface avdemux_4xm extends GstElement {
}
interface avdemux_aiff extends GstElement {
}
interface avdemux_ape extends GstElement {
}
interface avdemux_avs extends GstElement {
}
interface avdemux_bfstm extends GstElement {
}
interface avdemux_brstm extends GstElement {
}
interface avdemux_daud extends GstElement {
}
interface avdemux_dsf extends GstElement {
}
interface avdemux_ea extends GstElement {
}
interface avdemux_film_cpk extends GstElement {
}
interface avdemux_gif extends GstElement {
}
interface avdemux_gxf extends GstElement {
}
interface avdemux_idcin extends GstElement {
}
interface avdemux_iff extends GstElement {
}
interface avdemux_ipmovie extends GstElement {
}
interface avdemux_ivf extends GstElement {
}
interface avdemux_mm extends GstElement {
}
interface avdemux_mmf extends GstElement {
}
interface avdemux_mpc extends GstElement {
}
interface avdemux_mpc8 extends GstElement {
}
interface avdemux_mxf extends GstElement {
}
interface avdemux_nsv extends GstElement {
}
interface avdemux_nut extends GstElement {
}
interface avdemux_nuv extends GstElement {
}
interface avdemux_psxstr extends GstElement {
}
interface avdemux_pva extends GstElement {
}
interface avdemux_smk extends GstElement {
}
interface avdemux_sol extends GstElement {
}
interface avdemux_tta extends GstElement {
}
interface avdemux_vmd extends GstElement {
}
interface avdemux_voc extends GstElement {
}
interface avdemux_wc3movie extends GstElement {
}
interface avdemux_wsaud extends GstElement {
}
interface avdemux_wsvqa extends GstElement {
}
interface avdemux_xwma extends GstElement {
}
interface avdemux_yuv4mpegpipe extends GstElement {
}
interface GstAvdtpSink extends GstBaseSink {
  device?: string
  /** default true */ 'auto-connect'?: boolean
  transport?: string
}
interface GstAvdtpSrc extends GstBaseSrc {
  transport?: string
  /** 0 … 127; default 127 */ 'transport-volume'?: number
}
interface avenc_a64multi extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_a64multi5 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_aac extends GstAudioEncoder, Shared5, Shared6 {
  /** default twoloop */ 'aac-coder'?: KindAacEncoderCoder
  /** default true */ 'aac-ms'?: boolean
  /** default true */ 'aac-is'?: boolean
  /** default true */ 'aac-pns'?: boolean
  /** default true */ 'aac-tns'?: boolean
  /** default false */ 'aac-ltp'?: boolean
  /** default false */ 'aac-pred'?: boolean
  /** default false */ 'aac-pce'?: boolean
}
interface avenc_ac3 extends GstAudioEncoder, Shared5, Shared6, Shared7 {
  /** 0 … 1; default 0.594604 */ 'center-mixlev'?: number
  /** 0 … 1; default 0.5 */ 'surround-mixlev'?: number
  /** default unknown */ 'room-type'?: KindAc3EncoderRoomType
  /** default unknown */ 'dsur-mode'?: KindAc3EncoderDsurMode
  /** default unknown */ 'dmix-mode'?: KindAc3EncoderDmixMode
  /** default unknown */ 'dsurex-mode'?: KindAc3EncoderDsurexMode
  /** default unknown */ 'dheadphone-mode'?: KindAc3EncoderDheadphoneMode
  /** default unknown */ 'ad-conv-type'?: KindAc3EncoderAdConvType
  /** default auto */ 'channel-coupling'?: KindAc3EncoderChannelCoupling
  /** default auto */ 'cpl-start-band'?: KindAc3EncoderCplStartBand
}
interface avenc_ac3_fixed extends GstAudioEncoder, Shared5, Shared6, Shared7 {
  /** 0 … 1; default 0.594604 */ 'center-mixlev'?: number
  /** 0 … 1; default 0.5 */ 'surround-mixlev'?: number
  /** default unknown */ 'room-type'?: KindAc3EncoderRoomType
  /** default unknown */ 'dsur-mode'?: KindAc3EncoderDsurMode
  /** default unknown */ 'dmix-mode'?: KindAc3EncoderDmixMode
  /** default unknown */ 'dsurex-mode'?: KindAc3EncoderDsurexMode
  /** default unknown */ 'dheadphone-mode'?: KindAc3EncoderDheadphoneMode
  /** default unknown */ 'ad-conv-type'?: KindAc3EncoderAdConvType
  /** default auto */ 'channel-coupling'?: KindAc3EncoderChannelCoupling
  /** default auto */ 'cpl-start-band'?: KindAc3EncoderCplStartBand
}
interface avenc_adpcm_adx extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_adpcm_argo extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_alp extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_amv extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_apm extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_qt extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_ssi extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_wav extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ima_ws extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_ms extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_swf extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_adpcm_yamaha extends GstAudioEncoder, Shared5, Shared6 {
  /** 32 … 8192; default 1024 */ 'block-size'?: number
}
interface avenc_alac extends GstAudioEncoder, Shared5, Shared6 {
  /** 1 … 30; default 4 */ 'min-prediction-order'?: number
  /** 1 … 30; default 6 */ 'max-prediction-order'?: number
}
interface avenc_alias_pix extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_amv extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9 {
  'multipass-cache-file'?: string
  'mpv-flags'?: KindAmvEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindAmvEncoderCmpFunc
  /** default optimal */ huffman?: KindAmvEncoderHuffman
  /** default false */ 'force-duplicated-matrix'?: boolean
}
interface avenc_apng extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 65536; default 0 */ dpi?: number
  /** 0 … 65536; default 0 */ dpm?: number
  /** default none */ pred?: KindAPngEncoderPred
}
interface avenc_aptx extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_aptx_hd extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_asv1 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_asv2 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_avrp extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_avui extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_bitpacked extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_bmp extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_cfhd extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default film3+ */ quality?: KindCfhdQ
}
interface avenc_cinepak extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** at least 0; default 2 */ 'max-extra-cb-iterations'?: number
  /** default false */ 'skip-empty-cb'?: boolean
  /** 1 … 32; default 3 */ 'max-strips'?: number
  /** 1 … 32; default 1 */ 'min-strips'?: number
  /** 0 … 31; default 0 */ 'strip-number-adaptivity'?: number
}
interface avenc_cljr extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 2; default 1 */ 'dither-type'?: number
}
interface avenc_comfortnoise extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_dca extends GstAudioEncoder, Shared5, Shared6 {
  /** default false */ 'dca-adpcm'?: boolean
}
interface avenc_dfpwm extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_dnxhd extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default false */ 'nitris-compat'?: boolean
  /** default 0 */ ibias?: number
  /** default dnxhd */ profile?: KindDnxhdProfile
}
interface avenc_dpx extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_dvvideo extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 1024; default 7 */ 'quant-deadzone'?: number
}
interface avenc_eac3 extends GstAudioEncoder, Shared5, Shared6, Shared7 {
  /** default unknown */ 'room-type'?: KindEAc3EncoderRoomType
  /** default unknown */ 'dsur-mode'?: KindEAc3EncoderDsurMode
  /** default unknown */ 'dmix-mode'?: KindEAc3EncoderDmixMode
  /** default unknown */ 'dsurex-mode'?: KindEAc3EncoderDsurexMode
  /** default unknown */ 'dheadphone-mode'?: KindEAc3EncoderDheadphoneMode
  /** default unknown */ 'ad-conv-type'?: KindEAc3EncoderAdConvType
  /** default auto */ 'channel-coupling'?: KindEAc3EncoderChannelCoupling
  /** default auto */ 'cpl-start-band'?: KindEAc3EncoderCplStartBand
}
interface avenc_exr extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default none */ compression?: KindExrCompr
  /** default float */ format?: KindExrPixel
  /** at least 0.001; default 1 */ gamma?: number
}
interface avenc_ffv1 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default true */ slicecrc?: boolean
  /** default rice */ coder?: KindFfv1EncoderCoder
  /** 0 … 1; default 0 */ context?: number
}
interface avenc_ffvhuff extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default false */ 'non-deterministic'?: boolean
  /** default left */ pred?: KindFfvhuffPred
  /** 0 … 1; default 0 */ context?: number
}
interface avenc_fits extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_flashsv extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_flashsv2 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_flv extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_g722 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_g723_1 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_g726 extends GstAudioEncoder, Shared5, Shared6 {
  /** 2 … 5; default 4 */ 'code-size'?: number
}
interface avenc_g726le extends GstAudioEncoder, Shared5, Shared6 {
  /** 2 … 5; default 4 */ 'code-size'?: number
}
interface avenc_h261 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_h263 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared11 {
  'multipass-cache-file'?: string
  /** default false */ obmc?: boolean
  /** at least 0; default 0 */ 'mb-info'?: number
  'mpv-flags'?: KindH263EncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindH263EncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindH263EncoderMotionEst
}
interface avenc_h263p extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared11 {
  'multipass-cache-file'?: string
  /** default false */ umv?: boolean
  /** default false */ aiv?: boolean
  /** default false */ obmc?: boolean
  /** default false */ 'structured-slices'?: boolean
  'mpv-flags'?: KindH263pEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindH263pEncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindH263pEncoderMotionEst
}
interface avenc_h264_omx extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  'omx-libname'?: string
  'omx-libprefix'?: string
  /** 0 … 1; default 0 */ zerocopy?: number
  /** default unknown */ profile?: KindH264OmxProfile
}
interface avenc_hap extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default hap */ format?: KindHapEncoderFormat
  /** 1 … 64; default 1 */ chunks?: number
  /** default snappy */ compressor?: KindHapEncoderCompressor
}
interface avenc_huffyuv extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default false */ 'non-deterministic'?: boolean
  /** default left */ pred?: KindHuffyuvPred
}
interface avenc_jpeg2000 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default jp2 */ format?: KindJpeg2000EncoderFormat
  /** 1 … 1073741824; default 256 */ 'tile-width'?: number
  /** 1 … 1073741824; default 256 */ 'tile-height'?: number
  /** default dwt97int */ pred?: KindJpeg2000EncoderPred
  /** 0 … 1; default 0 */ sop?: number
  /** 0 … 1; default 0 */ eph?: number
  /** default lrcp */ prog?: KindJpeg2000EncoderProg
  'layer-rates'?: string
}
interface avenc_jpegls extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default left */ pred?: KindJpeglsPred
}
interface avenc_ljpeg extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default left */ pred?: KindLjpegPred
}
interface avenc_magicyuv extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default left */ pred?: KindMagicyuvPred
}
interface avenc_mjpeg extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9 {
  'multipass-cache-file'?: string
  'mpv-flags'?: KindMjpegEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindMjpegEncoderCmpFunc
  /** default optimal */ huffman?: KindMjpegEncoderHuffman
  /** default false */ 'force-duplicated-matrix'?: boolean
}
interface avenc_mlp extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_mp2 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_mp2fixed extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_mpeg1video extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared11, Shared12 {
  'multipass-cache-file'?: string
  'gop-timecode'?: string
  /** default false */ 'drop-frame-timecode'?: boolean
  /** default false */ 'scan-offset'?: boolean
  /** at least -1; default -1 */ 'timecode-frame-start'?: Long
  'mpv-flags'?: KindMpeg1videoEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindMpeg1videoEncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindMpeg1videoEncoderMotionEst
}
interface avenc_mpeg2video extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared11, Shared12 {
  'multipass-cache-file'?: string
  'gop-timecode'?: string
  /** default false */ 'drop-frame-timecode'?: boolean
  /** default false */ 'scan-offset'?: boolean
  /** at least -1; default -1 */ 'timecode-frame-start'?: Long
  /** default false */ 'intra-vlc'?: boolean
  /** default false */ 'non-linear-quant'?: boolean
  /** default false */ 'alternate-scan'?: boolean
  /** default true */ a53cc?: boolean
  /** default auto */ 'seq-disp-ext'?: KindMpeg2videoEncoderSeqDispExt
  /** default unspecified */ 'video-format'?: KindMpeg2videoEncoderVideoFormat
  'mpv-flags'?: KindMpeg2videoEncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindMpeg2videoEncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindMpeg2videoEncoderMotionEst
}
interface avenc_mpeg4 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared11, Shared12 {
  'multipass-cache-file'?: string
  /** default false */ 'data-partitioning'?: boolean
  /** default false */ 'alternate-scan'?: boolean
  /** 0 … 1; default 0 */ 'mpeg-quant'?: number
  'mpv-flags'?: KindMpeg4EncoderMpvFlags
  /** default dctmax */ 'skip-cmp'?: KindMpeg4EncoderCmpFunc
  /** default epzs */ 'motion-est'?: KindMpeg4EncoderMotionEst
}
interface avenc_mpeg4_omx extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  'omx-libname'?: string
  'omx-libprefix'?: string
  /** 0 … 1; default 0 */ zerocopy?: number
  /** default unknown */ profile?: KindMpeg4OmxProfile
}
interface avenc_msmpeg4 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_msmpeg4v2 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_msvideo1 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_nellymoser extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_opus extends GstAudioEncoder, Shared5, Shared6 {
  /** 2.5 … 360; default 360 */ 'opus-delay'?: number
  /** default true */ 'apply-phase-inv'?: boolean
}
interface avenc_pam extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_pbm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_pcm_vidc extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_pcx extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_pfm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_pgm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_pgmyuv extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_phm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_png extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 65536; default 0 */ dpi?: number
  /** 0 … 65536; default 0 */ dpm?: number
  /** default none */ pred?: KindAPngEncoderPred
}
interface avenc_ppm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_prores extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  vendor?: string
}
interface avenc_prores_aw extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  vendor?: string
}
interface avenc_prores_ks extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 1 … 8; default 8 */ 'mbs-per-slice'?: number
  /** default auto */ profile?: KindProresEncoderProfile
  vendor?: string
  /** 0 … 8192; default 0 */ 'bits-per-mb'?: number
  /** default auto */ 'quant-mat'?: KindProresEncoderQuantMat
  /** 0 … 16; default 16 */ 'alpha-bits'?: number
}
interface avenc_qoi extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_qtrle extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_r10k extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_real_144 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_roq_dpcm extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_roqvideo extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default true */ 'quake3-compat'?: boolean
}
interface avenc_rpza extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 24; default 1 */ 'skip-frame-thresh'?: number
  /** 0 … 24; default 1 */ 'start-one-color-thresh'?: number
  /** 0 … 24; default 0 */ 'continue-one-color-thresh'?: number
  /** 0 … 24; default 1 */ 'sixteen-color-thresh'?: number
}
interface avenc_rv10 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_rv20 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_s302m extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_sbc extends GstAudioEncoder, Shared5, Shared6 {
  /** 1000 … 13000; default 13000 */ 'sbc-delay'?: Long
  /** default false */ msbc?: boolean
}
interface avenc_sgi extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 1; default 1 */ rle?: number
}
interface avenc_smc extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_snow extends GstVideoEncoder, Shared4, Shared5, Shared9 {
  'multipass-cache-file'?: string
  /** default epzs */ 'motion-est'?: KindSnowEncoderMotionEst
  /** default false */ 'memc-only'?: boolean
  /** default false */ 'no-bitstream'?: boolean
  /** at least 0; default 0 */ 'intra-penalty'?: number
  /** at least 0; default 0 */ 'iterative-dia-size'?: number
  /** default dwt97 */ pred?: KindSnowEncoderPred
}
interface avenc_sonic extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_sonicls extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_speedhq extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_sunrast extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 1; default 1 */ rle?: number
}
interface avenc_svq1 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default epzs */ 'motion-est'?: KindSvq1encMotionEst
}
interface avenc_targa extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 1; default 1 */ rle?: number
}
interface avenc_tiff extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 1 … 65536; default 72 */ dpi?: number
  /** default packbits */ 'compression-algo'?: KindTiffEncoderCompressionAlgo
}
interface avenc_truehd extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_tta extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_utvideo extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default left */ pred?: KindUtvideoPred
}
interface avenc_vbn extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** default dxt5 */ format?: KindVbnEncoderFormat
}
interface avenc_vc2 extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
  /** 0 … 45; default 5 */ tolerance?: number
  /** 32 … 1024; default 32 */ 'slice-width'?: number
  /** 8 … 1024; default 16 */ 'slice-height'?: number
  /** 1 … 5; default 4 */ 'wavelet-depth'?: number
  /** default 9_7 */ 'wavelet-type'?: KindSmpteVc2EncoderWaveletIdx
  /** default default */ qm?: KindSmpteVc2EncoderQuantMatrix
}
interface avenc_wavpack extends GstAudioEncoder, Shared5, Shared6 {
  /** default true */ 'joint-stereo'?: boolean
  /** default false */ 'optimize-mono'?: boolean
}
interface avenc_wmav1 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_wmav2 extends GstAudioEncoder, Shared5, Shared6 {
}
interface avenc_wmv1 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_wmv2 extends GstVideoEncoder, Shared4, Shared5, Shared8, Shared9, Shared10, Shared11 {
  'multipass-cache-file'?: string
}
interface avenc_xbm extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_xface extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_xwd extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface avenc_zmbv extends GstVideoEncoder, Shared4, Shared5 {
  'multipass-cache-file'?: string
}
interface GstAviDemux extends GstElement {
}
interface GstAviMux extends GstElement {
  /** default true */ bigfile?: boolean
}
interface GstAviSubtitle extends GstElement {
}
interface avmux_3g2 extends GstElement, Shared13 {
}
interface avmux_3gp extends GstElement, Shared13 {
}
interface avmux_a64 extends GstElement, Shared13 {
}
interface avmux_adts extends GstElement, Shared13 {
}
interface avmux_adx extends GstElement, Shared13 {
}
interface avmux_aiff extends GstElement, Shared13 {
}
interface avmux_alp extends GstElement, Shared13 {
}
interface avmux_amr extends GstElement, Shared13 {
}
interface avmux_amv extends GstElement, Shared13 {
}
interface avmux_apm extends GstElement, Shared13 {
}
interface avmux_apng extends GstElement, Shared13 {
}
interface avmux_argo_asf extends GstElement, Shared13 {
}
interface avmux_argo_cvg extends GstElement, Shared13 {
}
interface avmux_asf extends GstElement, Shared13 {
}
interface avmux_asf_stream extends GstElement, Shared13 {
}
interface avmux_ast extends GstElement, Shared13 {
}
interface avmux_au extends GstElement, Shared13 {
}
interface avmux_avi extends GstElement, Shared13 {
}
interface avmux_avif extends GstElement, Shared13 {
}
interface avmux_avm2 extends GstElement, Shared13 {
}
interface avmux_avs3 extends GstElement, Shared13 {
}
interface avmux_bit extends GstElement, Shared13 {
}
interface avmux_caf extends GstElement, Shared13 {
}
interface avmux_chromaprint extends GstElement, Shared13 {
}
interface avmux_codec2 extends GstElement, Shared13 {
}
interface avmux_dash extends GstElement, Shared13 {
}
interface avmux_daud extends GstElement, Shared13 {
}
interface avmux_dv extends GstElement, Shared13 {
}
interface avmux_dvd extends GstElement, Shared13 {
}
interface avmux_f4v extends GstElement, Shared13 {
}
interface avmux_film_cpk extends GstElement, Shared13 {
}
interface avmux_filmstrip extends GstElement, Shared13 {
}
interface avmux_fits extends GstElement, Shared13 {
}
interface avmux_flv extends GstElement, Shared13 {
}
interface avmux_gxf extends GstElement, Shared13 {
}
interface avmux_hash extends GstElement, Shared13 {
}
interface avmux_hds extends GstElement, Shared13 {
}
interface avmux_hls extends GstElement, Shared13 {
}
interface avmux_ico extends GstElement, Shared13 {
}
interface avmux_ilbc extends GstElement, Shared13 {
}
interface avmux_ipod extends GstElement, Shared13 {
}
interface avmux_ircam extends GstElement, Shared13 {
}
interface avmux_ismv extends GstElement, Shared13 {
}
interface avmux_ivf extends GstElement, Shared13 {
}
interface avmux_kvag extends GstElement, Shared13 {
}
interface avmux_latm extends GstElement, Shared13 {
}
interface avmux_matroska extends GstElement, Shared13 {
}
interface avmux_md5 extends GstElement, Shared13 {
}
interface avmux_mkvtimestamp_v2 extends GstElement, Shared13 {
}
interface avmux_mmf extends GstElement, Shared13 {
}
interface avmux_mov extends GstElement, Shared13 {
}
interface avmux_mp2 extends GstElement, Shared13 {
}
interface avmux_mp3 extends GstElement, Shared13 {
}
interface avmux_mp4 extends GstElement, Shared13 {
}
interface avmux_mpeg extends GstElement, Shared13 {
}
interface avmux_mpegts extends GstElement, Shared13 {
}
interface avmux_mpjpeg extends GstElement, Shared13 {
}
interface avmux_mxf extends GstElement, Shared13 {
}
interface avmux_mxf_d10 extends GstElement, Shared13 {
}
interface avmux_mxf_opatom extends GstElement, Shared13 {
}
interface avmux_nut extends GstElement, Shared13 {
}
interface avmux_obu extends GstElement, Shared13 {
}
interface avmux_oga extends GstElement, Shared13 {
}
interface avmux_ogg extends GstElement, Shared13 {
}
interface avmux_ogv extends GstElement, Shared13 {
}
interface avmux_oma extends GstElement, Shared13 {
}
interface avmux_opus extends GstElement, Shared13 {
}
interface avmux_psp extends GstElement, Shared13 {
}
interface avmux_rm extends GstElement, Shared13 {
}
interface avmux_rso extends GstElement, Shared13 {
}
interface avmux_rtsp extends GstElement, Shared13 {
}
interface avmux_sap extends GstElement, Shared13 {
}
interface avmux_smjpeg extends GstElement, Shared13 {
}
interface avmux_smoothstreaming extends GstElement, Shared13 {
}
interface avmux_sox extends GstElement, Shared13 {
}
interface avmux_spdif extends GstElement, Shared13 {
}
interface avmux_spx extends GstElement, Shared13 {
}
interface avmux_streamhash extends GstElement, Shared13 {
}
interface avmux_svcd extends GstElement, Shared13 {
}
interface avmux_swf extends GstElement, Shared13 {
}
interface avmux_tta extends GstElement, Shared13 {
}
interface avmux_uncodedframecrc extends GstElement, Shared13 {
}
interface avmux_vc1test extends GstElement, Shared13 {
}
interface avmux_vcd extends GstElement, Shared13 {
}
interface avmux_vidc extends GstElement, Shared13 {
}
interface avmux_vob extends GstElement, Shared13 {
}
interface avmux_voc extends GstElement, Shared13 {
}
interface avmux_w64 extends GstElement, Shared13 {
}
interface avmux_wav extends GstElement, Shared13 {
}
interface avmux_webp extends GstElement, Shared13 {
}
interface avmux_wsaud extends GstElement, Shared13 {
}
interface avmux_wtv extends GstElement, Shared13 {
}
interface avmux_yuv4mpegpipe extends GstElement, Shared13 {
}
interface GstAvWait extends GstElement {
  'target-timecode-string'?: string
  /** default 18446744073709551615 */ 'target-running-time'?: Long
  /** default 18446744073709551615 */ 'end-running-time'?: Long
  /** default true */ recording?: boolean
  /** default timecode */ mode?: KindGstAvWaitMode
}
interface GstBayer2RGB extends GstBaseTransform {
}
interface GstBPMDetect extends GstAudioFilter {
}
interface GstBreakMyData extends GstBaseTransform {
  /** default 0 */ seed?: number
  /** -1 … 255; default -1 */ 'set-to'?: number
  /** default 0 */ skip?: number
  /** 0 … 1; default 0 */ probability?: number
}
interface GstBs2b extends GstAudioFilter {
  /** 300 … 2000; default 700 */ fcut?: number
  /** 10 … 150; default 45 */ feed?: number
}
interface GstGeometricTransform extends GstVideoFilter {
  /** default ignore */ 'off-edge-pixels'?: KindGstGeometricTransformOffEdgesPixelsMethod
}
interface GstCircleGeometricTransform extends GstGeometricTransform {
  /** 0 … 1; default 0.5 */ 'x-center'?: number
  /** 0 … 1; default 0.5 */ 'y-center'?: number
  /** 0 … 1; default 0.35 */ radius?: number
}
interface GstBulge extends GstCircleGeometricTransform {
  /** 1 … 100; default 3 */ zoom?: number
}
interface GstBurn extends GstVideoFilter {
  /** 0 … 256; default 175 */ adjustment?: number
}
interface GstBz2dec extends GstElement {
  /** default 1024 */ 'first-buffer-size'?: number
  /** default 1024 */ 'buffer-size'?: number
}
interface GstBz2enc extends GstElement {
  /** 1 … 9; default 6 */ 'block-size'?: number
  /** default 1024 */ 'buffer-size'?: number
}
interface GstCACASink extends GstBaseSink {
  /** default none */ dither?: KindGstCACASinkDithering
  /** default true */ 'anti-aliasing'?: boolean
}
interface GstCACATv extends GstVideoFilter {
  /** at least 0; default 80 */ 'canvas-width'?: number
  /** at least 0; default 24 */ 'canvas-height'?: number
  /** at least 0; default 24 */ font?: number
  /** default none */ dither?: KindGstCACATvDithering
  /** default false */ 'anti-aliasing'?: boolean
}
interface GstCairoOverlay extends GstBaseTransform {
  /** default false */ 'draw-on-transparent-surface'?: boolean
}
interface GstPipeline extends GstBin {
  /** default 0 */ delay?: Long
  /** default true */ 'auto-flush-bus'?: boolean
  /** default 18446744073709551615 */ latency?: Long
}
interface GstCameraBin extends GstPipeline {
  /** default mode-image */ mode?: KindGstCameraBin2Mode
  location?: string
  'image-capture-caps'?: string
  'video-capture-caps'?: string
  /** default false */ 'post-previews'?: boolean
  'preview-caps'?: string
  'viewfinder-caps'?: string
  /** default false */ mute?: boolean
  'audio-capture-caps'?: string
  /** 1 … 10; default 1 */ zoom?: number
  flags?: KindGstCamFlags
}
interface GstCapsFilter extends GstBaseTransform {
  caps?: string
  /** default immediate */ 'caps-change-mode'?: KindGstCapsFilterCapsChangeMode
}
interface GstCapsSetter extends GstBaseTransform {
  caps?: string
  /** default true */ join?: boolean
  /** default false */ replace?: boolean
}
interface GstCeaCcOverlay extends GstElement {
  'font-desc'?: string
  /** default false */ silent?: boolean
  /** -1 … 63; default 1 */ 'service-number'?: number
  /** default center */ 'window-h-pos'?: KindGstCeaCcOverlayWinHPos
}
interface GstCCCombiner extends GstAggregator {
  /** default true */ schedule?: boolean
  /** default true */ 'output-padding'?: boolean
  /** default 30 */ 'max-scheduled'?: number
}
interface GstCCConverter extends GstBaseTransform {
  'cdp-mode'?: KindGstCCConverterCDPMode
}
interface GstCCExtractor extends GstElement {
  /** default false */ 'remove-caption-meta'?: boolean
}
interface GstPushSrc extends GstBaseSrc {
}
interface GstAudioCdSrc extends GstPushSrc {
  /** default normal */ mode?: KindGstAudioCdSrcMode
  device?: string
  /** 1 … 99; default 1 */ track?: number
}
interface GstCdioCddaSrc extends GstAudioCdSrc {
  /** -1 … 100; default -1 */ 'read-speed'?: number
}
interface GstCdParanoiaSrc extends GstAudioCdSrc {
  /** at least -1; default -1 */ 'read-speed'?: number
  'paranoia-mode'?: KindGstCdParanoiaMode
  /** -1 … 75; default -1 */ 'search-overlap'?: number
  'generic-device'?: string
  /** at least -1; default -1 */ 'cache-size'?: number
}
interface GstChecksumSink extends GstBaseSink {
  /** default sha1 */ hash?: KindGstChecksumSinkHash
}
interface GstChopMyData extends GstElement {
  /** at least 1; default 4096 */ 'max-size'?: number
  /** at least 1; default 1 */ 'min-size'?: number
  /** at least 1; default 4096 */ 'step-size'?: number
}
interface GstChromaHold extends GstVideoFilter {
  /** 0 … 255; default 255 */ 'target-r'?: number
  /** 0 … 255; default 0 */ 'target-g'?: number
  /** 0 … 255; default 0 */ 'target-b'?: number
  /** 0 … 180; default 30 */ tolerance?: number
}
interface GstChromaprint extends GstAudioFilter {
  /** default 120 */ duration?: number
}
interface GstChromium extends GstVideoFilter {
  /** 0 … 256; default 200 */ 'edge-a'?: number
  /** 0 … 256; default 1 */ 'edge-b'?: number
}
interface GstCircle extends GstCircleGeometricTransform {
  /** default 0 */ angle?: number
  /** at least 0; default 20 */ height?: number
  /** default 3.14159 */ 'spread-angle'?: number
}
interface GstBaseTextOverlay extends GstElement {
  text?: string
  /** default false */ 'shaded-background'?: boolean
  /** 1 … 255; default 80 */ 'shading-value'?: number
  /** default center */ halignment?: KindGstBaseTextOverlayHAlign
  /** default baseline */ valignment?: KindGstBaseTextOverlayVAlign
  /** at least 0; default 25 */ xpad?: number
  /** at least 0; default 25 */ ypad?: number
  /** default 0 */ deltax?: number
  /** default 0 */ deltay?: number
  /** 0 … 1; default 0.5 */ xpos?: number
  /** 0 … 1; default 0.5 */ ypos?: number
  /** default 0.5 */ 'x-absolute'?: number
  /** default 0.5 */ 'y-absolute'?: number
  /** default wordchar */ 'wrap-mode'?: KindGstBaseTextOverlayWrapMode
  'font-desc'?: string
  /** default false */ silent?: boolean
  /** default center */ 'line-alignment'?: KindGstBaseTextOverlayLineAlign
  /** default true */ 'wait-text'?: boolean
  /** default true */ 'auto-resize'?: boolean
  /** default false */ 'vertical-render'?: boolean
  /** default none */ 'scale-mode'?: KindGstBaseTextOverlayScaleMode
  /** default 1/1 */ 'scale-pixel-aspect-ratio'?: Fraction
  /** default 4294967295 */ color?: number
  /** default true */ 'draw-shadow'?: boolean
  /** default true */ 'draw-outline'?: boolean
  /** default 4278190080 */ 'outline-color'?: number
}
interface GstClockOverlay extends GstBaseTextOverlay {
  'time-format'?: string
}
interface GstClockSelect extends GstPipeline {
  /** default default */ 'clock-id'?: KindGstClockSelectClockId
  /** 0 … 255; default 0 */ 'ptp-domain'?: number
}
interface GstClockSync extends GstElement {
  /** default true */ sync?: boolean
  /** default 0 */ 'ts-offset'?: Long
  /** default false */ 'sync-to-first'?: boolean
}
interface GstCodecAlphaDemux extends GstElement {
}
interface GstColorEffects extends GstVideoFilter {
  /** default none */ preset?: KindGstColorEffectsPreset
}
interface GstCombDetect extends GstVideoFilter {
}
interface GstCompare extends GstElement {
  meta?: KindGstBufferCopyFlags
  /** default false */ 'offset-ts'?: boolean
  /** default mem */ method?: KindGstCompareMethod
  /** at least 0; default 0 */ threshold?: number
  /** default true */ upper?: boolean
}
interface GstVideoAggregator extends GstAggregator {
  /** default false */ 'force-live'?: boolean
}
interface GstCompositor extends GstVideoAggregator {
  /** default checker */ background?: KindGstCompositorBackground
  /** default true */ 'zero-size-is-unscaled'?: boolean
  /** 0 … 2147483647; default 0 */ 'max-threads'?: number
  /** default false */ 'ignore-inactive-pads'?: boolean
}
interface GstConcat extends GstElement {
  /** default true */ 'adjust-base'?: boolean
}
interface GstCpuReport extends GstBaseTransform {
}
interface GstCurlBaseSink extends GstBaseSink {
  location?: string
  user?: string
  passwd?: string
  'file-name'?: string
  /** at least 0; default 30 */ timeout?: number
  /** 0 … 63; default 0 */ 'qos-dscp'?: number
}
interface GstCurlFileSink extends GstCurlBaseSink {
  /** default false */ 'create-dirs'?: boolean
}
interface GstCurlTlsSink extends GstCurlBaseSink {
  'ca-cert'?: string
  'ca-path'?: string
  'crypto-engine'?: string
  /** default true */ insecure?: boolean
}
interface GstCurlFtpSink extends GstCurlTlsSink {
  'ftp-port'?: string
  /** default true */ 'epsv-mode'?: boolean
  /** default false */ 'create-tmp-file'?: boolean
  'temp-file-name'?: string
  /** default false */ 'create-dirs'?: boolean
}
interface GstCurlHttpSink extends GstCurlTlsSink {
  proxy?: string
  /** at least 0; default 3128 */ 'proxy-port'?: number
  'proxy-user'?: string
  'proxy-passwd'?: string
  /** default false */ 'use-content-length'?: boolean
  'content-type'?: string
}
interface GstCurlHttpSrc extends GstPushSrc, Shared14 {
  location?: string
  proxy?: string
  'user-agent'?: string
  'extra-headers'?: string
  /** default false */ compress?: boolean
  /** default true */ 'automatic-redirect'?: boolean
  /** -1 … 255; default -1 */ 'max-redirect'?: number
  /** default true */ 'keep-alive'?: boolean
  /** 0 … 3600; default 0 */ timeout?: number
  /** default true */ 'ssl-strict'?: boolean
  'ssl-ca-file'?: string
  /** -1 … 9999; default -1 */ retries?: number
  /** 2 … 60; default 30 */ 'max-connection-time'?: number
  /** 1 … 60; default 5 */ 'max-connections-per-server'?: number
  /** 1 … 60; default 30 */ 'max-connections-per-proxy'?: number
  /** 1 … 255; default 255 */ 'max-connections'?: number
  /** default 2.0 */ 'http-version'?: KindGstCurlHttpVersionType
}
interface GstCurlSshSink extends GstCurlBaseSink {
  /** default none */ 'ssh-auth-type'?: KindGstCurlSshAuthType
  'ssh-pub-keyfile'?: string
  'ssh-priv-keyfile'?: string
  'ssh-key-passphrase'?: string
  'ssh-knownhosts'?: string
  'ssh-host-pubkey-md5'?: string
  'ssh-host-pubkey-sha256'?: string
  /** default false */ 'ssh-accept-unknownhost'?: boolean
}
interface GstCurlSftpSink extends GstCurlSshSink {
  /** default false */ 'create-dirs'?: boolean
}
interface GstCurlSmtpSink extends GstCurlTlsSink {
  'mail-rcpt'?: string
  'mail-from'?: string
  subject?: string
  'message-body'?: string
  'pop-user'?: string
  'pop-passwd'?: string
  'pop-location'?: string
  /** default 1 */ 'nbr-attachments'?: number
  'content-type'?: string
  /** default false */ 'use-ssl'?: boolean
}
interface GstCutter extends GstElement {
  /** default 0 */ threshold?: number
  /** default 0 */ 'threshold-dB'?: number
  /** default 0 */ 'run-length'?: Long
  /** default 0 */ 'pre-length'?: Long
  /** default false */ leaky?: boolean
}
interface GstAdaptiveDemux extends GstBin {
  /** 0 … 4294967; default 0 */ 'connection-speed'?: number
  /** 0 … 1; default 0.8 */ 'bitrate-limit'?: number
}
interface GstDashDemux extends GstAdaptiveDemux {
  /** default 30 @deprecated */ 'max-buffering-time'?: number
  /** 0 … 1; default 0.8 @deprecated */ 'bandwidth-usage'?: number
  /** default 0 */ 'max-bitrate'?: number
  /** default 0 */ 'max-video-width'?: number
  /** default 0 */ 'max-video-height'?: number
  /** default 0/1 */ 'max-video-framerate'?: Fraction
  'presentation-delay'?: string
}
interface GstAdaptiveDemux2 extends GstBin {
  /** 0 … 4294967; default 0 */ 'connection-speed'?: number
  /** 0 … 1; default 0.8 */ 'bandwidth-target-ratio'?: number
  /** default 0 */ 'connection-bitrate'?: number
  /** default 0 */ 'min-bitrate'?: number
  /** default 0 */ 'max-bitrate'?: number
  /** default 30000000000 */ 'max-buffering-time'?: Long
  /** default 30000000000 */ 'high-watermark-time'?: Long
  /** default 0 */ 'low-watermark-time'?: Long
  /** at least 0; default 0 */ 'high-watermark-fragments'?: number
  /** at least 0; default 0 */ 'low-watermark-fragments'?: number
}
interface GstDashDemux2 extends GstAdaptiveDemux2 {
  /** default 0 */ 'max-video-width'?: number
  /** default 0 */ 'max-video-height'?: number
  /** default 0/1 */ 'max-video-framerate'?: Fraction
  'presentation-delay'?: string
}
interface GstDashSink extends GstBin {
  'mpd-filename'?: string
  'mpd-root-path'?: string
  /** default 15 */ 'target-duration'?: number
  /** default true */ 'send-keyframe-requests'?: boolean
  /** default false */ 'use-segment-list'?: boolean
  /** default false */ dynamic?: boolean
  /** default ts */ muxer?: KindGstDashSinkMuxerType
  /** default 0 */ 'minimum-update-period'?: Long
  /** default 2000 */ 'min-buffer-time'?: Long
  'mpd-baseurl'?: string
  /** default 18446744073709551615 */ 'period-duration'?: Long
}
interface GstDataURISrc extends GstBaseSrc {
  uri?: string
}
interface GstDC1394Src extends GstPushSrc {
  guid?: string
  /** at least -1; default -1 */ unit?: number
  /** default 400 */ iso?: KindGstDC1394ISOSpeed
  /** default 10 */ dma?: number
}
interface GstDcaParse extends GstBaseParse {
}
interface GstBaseQROverlay extends GstBin {
  /** 0 … 100; default 50 */ x?: number
  /** 0 … 100; default 50 */ y?: number
  /** 1 … 100; default 3 */ 'pixel-size'?: number
  /** default Approx 15% */ 'qrcode-error-correction'?: KindGstQrcodeOverlayCorrection
  /** default false */ 'case-sensitive'?: boolean
}
interface GstDebugQROverlay extends GstBaseQROverlay {
  /** at least 0; default 60 */ 'extra-data-interval-buffers'?: Long
  /** at least 0; default 1 */ 'extra-data-span-buffers'?: Long
  'extra-data-name'?: string
  'extra-data-array'?: string
}
interface GstDebugSpy extends GstBaseTransform {
  /** default false */ silent?: boolean
  /** default sha1 */ 'checksum-type'?: KindGChecksumType
}
interface GstDecklinkAudioSink extends GstBaseSink, Shared15 {
  /** 0 … 18446744073709551614; default 40000000 */ 'alignment-threshold'?: Long
  /** 0 … 18446744073709551614; default 1000000000 */ 'discont-wait'?: Long
  /** default 50000 */ 'buffer-time'?: Long
}
interface GstDecklinkAudioSrc extends GstPushSrc, Shared15 {
  /** default auto */ connection?: KindGstDecklinkAudioConnection
  /** 0 … 18446744073709551614; default 40000000 */ 'alignment-threshold'?: Long
  /** 0 … 18446744073709551614; default 1000000000 */ 'discont-wait'?: Long
  /** 1 … 2147483647; default 5 */ 'buffer-size'?: number
  /** default 2 */ channels?: KindGstDecklinkAudioChannels
}
interface GstDecklinkVideoSink extends GstBaseSink, Shared15 {
  /** default ntsc */ mode?: KindGstDecklinkModes
  /** default 8bit-yuv */ 'video-format'?: KindGstDecklinkVideoFormat
  /** default default */ profile?: KindGstDecklinkProfileId
  /** default rp188any */ 'timecode-format'?: KindGstDecklinkTimecodeFormat
  /** default off */ 'keyer-mode'?: KindGstDecklinkKeyerMode
  /** 0 … 255; default 255 */ 'keyer-level'?: number
  /** 0 … 22; default 0 */ 'cc-line'?: number
  /** 0 … 10000; default 0 */ 'afd-bar-line'?: number
  /** default default */ 'mapping-format'?: KindGstDecklinkMappingFormat
}
interface GstDecklinkVideoSrc extends GstPushSrc, Shared15 {
  /** default auto */ mode?: KindGstDecklinkModes
  /** default auto */ connection?: KindGstDecklinkConnection
  /** 1 … 2147483647; default 5 */ 'buffer-size'?: number
  /** default auto */ 'video-format'?: KindGstDecklinkVideoFormat
  /** default default */ profile?: KindGstDecklinkProfileId
  /** default rp188any */ 'timecode-format'?: KindGstDecklinkTimecodeFormat
  /** default false */ 'output-stream-time'?: boolean
  /** default 0 */ 'skip-first-time'?: Long
  /** default false */ 'drop-no-signal-frames'?: boolean
  /** default false */ 'output-cc'?: boolean
  /** default false */ 'output-afd-bar'?: boolean
}
interface GstDecodeBin extends GstBin {
  caps?: string
  'subtitle-encoding'?: string
  'sink-caps'?: string
  /** default false */ 'use-buffering'?: boolean
  /** default false */ 'force-sw-decoders'?: boolean
  /** 0 … 100; default 10 */ 'low-percent'?: number
  /** 0 … 100; default 99 */ 'high-percent'?: number
  /** default 0 */ 'max-size-bytes'?: number
  /** default 0 */ 'max-size-buffers'?: number
  /** default 0 */ 'max-size-time'?: Long
  /** default false */ 'post-stream-topology'?: boolean
  /** default true */ 'expose-all-streams'?: boolean
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
}
interface GstDecodebin3 extends GstBin {
  caps?: string
}
interface GstDeinterlace extends GstElement {
  /** default auto */ mode?: KindGstDeinterlaceModes
  /** default linear */ method?: KindGstDeinterlaceMethods
  /** default all */ fields?: KindGstDeinterlaceFields
  /** default auto */ tff?: KindGstDeinterlaceFieldLayout
  /** default none */ locking?: KindGstDeinterlaceLocking
  /** default true */ 'ignore-obscure'?: boolean
  /** default true */ 'drop-orphans'?: boolean
}
interface GstDeinterleave extends GstElement {
  /** default false */ 'keep-positions'?: boolean
}
interface GstDfbVideoSink extends GstVideoSink {
  /** 0 … 65535; default 32768 */ contrast?: number
  /** 0 … 65535; default 32768 */ brightness?: number
  /** 0 … 65535; default 32768 */ hue?: number
  /** 0 … 65535; default 32768 */ saturation?: number
  'pixel-aspect-ratio'?: string
  /** default true */ vsync?: boolean
  /** default exclusive */ 'layer-mode'?: KindGstDfbVideoSinkLayerMode
}
interface GstDiceTV extends GstVideoFilter {
  /** 0 … 5; default 4 */ 'square-bits'?: number
}
interface GstDiffuse extends GstGeometricTransform {
  /** at least 1; default 4 */ scale?: number
}
interface GstDilate extends GstVideoFilter {
  /** default false */ erode?: boolean
}
interface GstDiracParse extends GstBaseParse {
}
interface GstDodge extends GstVideoFilter {
}
interface GstDownloadBuffer extends GstElement {
  /** default 2097152 */ 'max-size-bytes'?: number
  /** default 2000000000 */ 'max-size-time'?: Long
  /** 0 … 100; default 10 */ 'low-percent'?: number
  /** 0 … 100; default 99 */ 'high-percent'?: number
  'temp-template'?: string
  /** default true */ 'temp-remove'?: boolean
}
interface GstDtlsDec extends GstElement {
  'connection-id'?: string
  pem?: string
}
interface GstDtlsEnc extends GstElement {
  'connection-id'?: string
  /** default false */ 'is-client'?: boolean
}
interface GstDtlsSrtpBin extends GstBin {
  'connection-id'?: string
  'srtp-auth'?: string
  'srtp-cipher'?: string
  'srtcp-auth'?: string
  'srtcp-cipher'?: string
}
interface GstDtlsSrtpDec extends GstDtlsSrtpBin {
  pem?: string
}
interface GstDtlsSrtpDemux extends GstElement {
}
interface GstDtlsSrtpEnc extends GstDtlsSrtpBin {
  /** default false */ 'is-client'?: boolean
  /** default false */ 'rtp-sync'?: boolean
}
interface GstDtmfDetect extends GstBaseTransform {
}
interface GstDTMFSrc extends GstBaseSrc {
  /** 10 … 50; default 50 */ interval?: number
}
interface GstDtsDec extends GstAudioDecoder {
  /** default false */ drc?: boolean
}
interface GstDV1394Src extends GstPushSrc {
  /** -1 … 16; default -1 */ port?: number
  /** 0 … 64; default 63 */ channel?: number
  /** at least 1; default 1 */ consecutive?: number
  /** at least 0; default 0 */ skip?: number
  /** default true */ 'drop-incomplete'?: boolean
  /** default true */ 'use-avc'?: boolean
  /** default 0 */ guid?: Long
}
interface DvbBaseBin extends GstBin {
  /** 0 … 16; default 0 */ adapter?: number
  /** 0 … 16; default 0 */ frontend?: number
  /** -1 … 7; default -1 */ 'diseqc-source'?: number
  /** default 0 */ frequency?: number
  polarity?: string
  /** default 0 */ 'symbol-rate'?: number
  /** default 8 @deprecated */ bandwidth?: KindGstDvbSrcBandwidth
  /** default auto */ 'code-rate-hp'?: KindGstDvbSrcCodeRate
  /** default 1/2 */ 'code-rate-lp'?: KindGstDvbSrcCodeRate
  /** default 16 */ guard?: KindGstDvbSrcGuard
  /** default qam-16 */ modulation?: KindGstDvbSrcModulation
  /** default 8k */ 'trans-mode'?: KindGstDvbSrcTransmissionMode
  /** default 1 */ hierarchy?: KindGstDvbSrcHierarchy
  /** default on */ inversion?: KindGstDvbSrcInversion
  'program-numbers'?: string
  /** default 100 */ 'stats-reporting-interval'?: number
  /** default 10000000000 */ 'tuning-timeout'?: Long
  /** default undefined */ delsys?: KindGstDvbSrcDelsys
  /** default auto */ pilot?: KindGstDvbSrcPilot
  /** default auto */ rolloff?: KindGstDvbSrcRolloff
  /** -1 … 65535; default -1 */ 'stream-id'?: number
  /** default 8000000 */ 'bandwidth-hz'?: number
  /** 1 … 7; default 7 */ 'isdbt-layer-enabled'?: number
  /** -1 … 1; default 1 */ 'isdbt-partial-reception'?: number
  /** 0 … 1; default 0 */ 'isdbt-sound-broadcasting'?: number
  /** -1 … 41; default 0 */ 'isdbt-sb-subchannel-id'?: number
  /** 0 … 12; default 0 */ 'isdbt-sb-segment-idx'?: number
  /** 1 … 13; default 1 */ 'isdbt-sb-segment-count'?: number
  /** default auto */ 'isdbt-layera-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layera-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layera-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layera-time-interleaving'?: number
  /** default auto */ 'isdbt-layerb-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layerb-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layerb-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layerb-time-interleaving'?: number
  /** default auto */ 'isdbt-layerc-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layerc-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layerc-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layerc-time-interleaving'?: number
  /** default 11700000 */ 'lnb-slof'?: number
  /** default 9750000 */ 'lnb-lof1'?: number
  /** default 10600000 */ 'lnb-lof2'?: number
  /** default auto */ interleaving?: KindGstDvbSrcInterleaving
}
interface GstDvbSrc extends GstPushSrc {
  /** 0 … 16; default 0 */ adapter?: number
  /** 0 … 16; default 0 */ frontend?: number
  /** -1 … 7; default -1 */ 'diseqc-source'?: number
  /** default 0 */ frequency?: number
  polarity?: string
  pids?: string
  /** default 0 */ 'symbol-rate'?: number
  /** default 8 @deprecated */ bandwidth?: KindGstDvbSrcBandwidth
  /** default auto */ 'code-rate-hp'?: KindGstDvbSrcCodeRate
  /** default 1/2 */ 'code-rate-lp'?: KindGstDvbSrcCodeRate
  /** default 16 */ guard?: KindGstDvbSrcGuard
  /** default qam-16 */ modulation?: KindGstDvbSrcModulation
  /** default 8k */ 'trans-mode'?: KindGstDvbSrcTransmissionMode
  /** default 1 */ hierarchy?: KindGstDvbSrcHierarchy
  /** default on */ inversion?: KindGstDvbSrcInversion
  /** default 100 */ 'stats-reporting-interval'?: number
  /** default 1000000 */ timeout?: Long
  /** default 10000000000 */ 'tuning-timeout'?: Long
  /** default 1925120 */ 'dvb-buffer-size'?: number
  /** default undefined */ delsys?: KindGstDvbSrcDelsys
  /** default auto */ pilot?: KindGstDvbSrcPilot
  /** default auto */ rolloff?: KindGstDvbSrcRolloff
  /** -1 … 65535; default -1 */ 'stream-id'?: number
  /** default 8000000 */ 'bandwidth-hz'?: number
  /** 1 … 7; default 7 */ 'isdbt-layer-enabled'?: number
  /** -1 … 1; default 1 */ 'isdbt-partial-reception'?: number
  /** 0 … 1; default 0 */ 'isdbt-sound-broadcasting'?: number
  /** -1 … 41; default 0 */ 'isdbt-sb-subchannel-id'?: number
  /** 0 … 12; default 0 */ 'isdbt-sb-segment-idx'?: number
  /** 1 … 13; default 1 */ 'isdbt-sb-segment-count'?: number
  /** default auto */ 'isdbt-layera-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layera-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layera-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layera-time-interleaving'?: number
  /** default auto */ 'isdbt-layerb-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layerb-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layerb-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layerb-time-interleaving'?: number
  /** default auto */ 'isdbt-layerc-fec'?: KindGstDvbSrcCodeRate
  /** default auto */ 'isdbt-layerc-modulation'?: KindGstDvbSrcModulation
  /** -1 … 13; default -1 */ 'isdbt-layerc-segment-count'?: number
  /** -1 … 8; default -1 */ 'isdbt-layerc-time-interleaving'?: number
  /** default 11700000 */ 'lnb-slof'?: number
  /** default 9750000 */ 'lnb-lof1'?: number
  /** default 10600000 */ 'lnb-lof2'?: number
  /** default auto */ interleaving?: KindGstDvbSrcInterleaving
}
interface GstDvbSubEnc extends GstElement {
  /** 1 … 256; default 16 */ 'max-colours'?: number
  /** default 0 */ 'ts-offset'?: Long
}
interface GstDVBSubOverlay extends GstElement {
  /** default true */ enable?: boolean
  /** at least 0; default 0 */ 'max-page-timeout'?: number
  /** default false */ 'force-end'?: boolean
}
interface GstDVDec extends GstElement {
  /** default false */ 'clamp-luma'?: boolean
  /** default false */ 'clamp-chroma'?: boolean
  /** default best */ quality?: KindGstDVDecQualityEnum
  /** at least 1; default 1 */ 'drop-factor'?: number
}
interface GstDVDemux extends GstElement {
}
interface GstDvdLpcmDec extends GstAudioDecoder {
}
interface GstDvdReadSrc extends GstPushSrc {
  device?: string
  /** 1 … 999; default 1 */ title?: number
  /** 1 … 999; default 1 */ chapter?: number
  /** 1 … 999; default 1 */ angle?: number
}
interface GstDVDSpu extends GstElement {
}
interface GstDvdSubDec extends GstElement {
}
interface GstDvdSubParse extends GstElement {
}
interface GstDynUDPSink extends GstBaseSink {
  /** default true */ 'close-socket'?: boolean
  'bind-address'?: string
  /** 0 … 65535; default 0 */ 'bind-port'?: number
}
interface GstEdgeTV extends GstVideoFilter {
}
interface GstEncodeBaseBin extends GstBin {
  /** default 200 */ 'queue-buffers-max'?: number
  /** default 10485760 */ 'queue-bytes-max'?: number
  /** default 1000000000 */ 'queue-time-max'?: Long
  /** default 20000000 */ 'audio-jitter-tolerance'?: Long
  /** default false */ 'avoid-reencoding'?: boolean
  flags?: KindGstEncodeBinFlags
}
interface GstEncodeBin extends GstEncodeBaseBin {
}
interface GstEncodeBin2 extends GstEncodeBaseBin {
}
interface GstIirEqualizer extends GstAudioFilter {
}
interface GstIirEqualizer10Bands extends GstIirEqualizer {
  /** -24 … 12; default 0 */ band0?: number
  /** -24 … 12; default 0 */ band1?: number
  /** -24 … 12; default 0 */ band2?: number
  /** -24 … 12; default 0 */ band3?: number
  /** -24 … 12; default 0 */ band4?: number
  /** -24 … 12; default 0 */ band5?: number
  /** -24 … 12; default 0 */ band6?: number
  /** -24 … 12; default 0 */ band7?: number
  /** -24 … 12; default 0 */ band8?: number
  /** -24 … 12; default 0 */ band9?: number
}
interface GstIirEqualizer3Bands extends GstIirEqualizer {
  /** -24 … 12; default 0 */ band0?: number
  /** -24 … 12; default 0 */ band1?: number
  /** -24 … 12; default 0 */ band2?: number
}
interface GstIirEqualizerNBands extends GstIirEqualizer {
  /** 1 … 64; default 10 */ 'num-bands'?: number
}
interface GstErrorIgnore extends GstElement {
  /** default true */ 'ignore-error'?: boolean
  /** default false */ 'ignore-notlinked'?: boolean
  /** default true */ 'ignore-notnegotiated'?: boolean
  /** default false */ 'ignore-eos'?: boolean
  /** default not-linked */ 'convert-to'?: KindGstFlowReturn
}
interface GstExclusion extends GstVideoFilter {
  /** 1 … 175; default 175 */ factor?: number
}
interface GstFaad extends GstAudioDecoder {
}
interface GstFaceOverlay extends GstBin {
  location?: string
  /** default 0 */ x?: number
  /** default 0 */ y?: number
  /** at least 0; default 1 */ w?: number
  /** at least 0; default 1 */ h?: number
}
interface GstFakeAudioSink extends GstBin, Shared1 {
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
  /** default none */ 'state-error'?: KindGstFakeAudioSinkStateError
  /** default true */ silent?: boolean
  /** default false */ dump?: boolean
  /** default false */ 'signal-handoffs'?: boolean
  /** default true */ 'drop-out-of-segment'?: boolean
  /** default true */ 'can-activate-push'?: boolean
  /** default false */ 'can-activate-pull'?: boolean
  /** at least -1; default -1 */ 'num-buffers'?: number
  /** default true */ sync?: boolean
  /** default false */ qos?: boolean
  /** default 0 */ 'ts-offset'?: Long
  /** default 4096 */ blocksize?: number
}
interface GstFakeSink extends GstBaseSink {
  /** default none */ 'state-error'?: KindGstFakeSinkStateError
  /** default true */ silent?: boolean
  /** default false */ dump?: boolean
  /** default false */ 'signal-handoffs'?: boolean
  /** default true */ 'drop-out-of-segment'?: boolean
  /** default true */ 'can-activate-push'?: boolean
  /** default false */ 'can-activate-pull'?: boolean
  /** at least -1; default -1 */ 'num-buffers'?: number
}
interface GstFakeSrc extends GstBaseSrc {
  /** default allocate */ data?: KindGstFakeSrcDataType
  /** default empty */ sizetype?: KindGstFakeSrcSizeType
  /** at least 0; default 0 */ sizemin?: number
  /** at least 0; default 4096 */ sizemax?: number
  /** default zero */ filltype?: KindGstFakeSrcFillType
  /** at least 0; default 0 */ datarate?: number
  /** default false */ sync?: boolean
  pattern?: string
  /** default false */ 'signal-handoffs'?: boolean
  /** default true */ silent?: boolean
  /** default false */ dump?: boolean
  /** at least 0; default 40960 */ parentsize?: number
  /** default true */ 'can-activate-pull'?: boolean
  /** default true */ 'can-activate-push'?: boolean
  /** default false */ 'is-live'?: boolean
  /** default bytes */ format?: KindGstFormat
}
interface GstFakeVideoSink extends GstBin, Shared1 {
  'allocation-meta-flags'?: KindGstFakeVideoSinkAllocationMetaFlags
  /** default none */ 'state-error'?: KindGstFakeVideoSinkStateError
  /** default true */ silent?: boolean
  /** default false */ dump?: boolean
  /** default false */ 'signal-handoffs'?: boolean
  /** default true */ 'drop-out-of-segment'?: boolean
  /** default true */ 'can-activate-push'?: boolean
  /** default false */ 'can-activate-pull'?: boolean
  /** at least -1; default -1 */ 'num-buffers'?: number
  /** default true */ sync?: boolean
  /** default false */ qos?: boolean
  /** default 0 */ 'ts-offset'?: Long
  /** default 4096 */ blocksize?: number
}
interface GstFBDEVSink extends GstVideoSink {
  device?: string
}
interface GstFdSink extends GstBaseSink {
  /** at least 0; default 1 */ fd?: number
}
interface GstFdSrc extends GstPushSrc {
  /** at least 0; default 0 */ fd?: number
  /** default 0 */ timeout?: Long
}
interface GstFestival extends GstElement {
}
interface GstFieldAnalysis extends GstElement {
  /** default ssd */ 'field-metric'?: KindGstFieldAnalysisFieldMetric
  /** default 5-tap */ 'frame-metric'?: KindGstFieldAnalysisFrameMetric
  /** default 16 */ 'noise-floor'?: number
  /** at least 0; default 0.08 */ 'field-threshold'?: number
  /** at least 0; default 0.002 */ 'frame-threshold'?: number
  /** default 5-tap */ 'comb-method'?: KindFieldAnalysisCombMethod
  /** at least 0; default 9 */ 'spatial-threshold'?: Long
  /** default 16 */ 'block-width'?: Long
  /** default 16 */ 'block-height'?: Long
  /** default 80 */ 'block-threshold'?: Long
  /** default 2 */ 'ignored-lines'?: Long
}
interface GstFileSink extends GstBaseSink {
  location?: string
  /** default default */ 'buffer-mode'?: KindGstFileSinkBufferMode
  /** default 65536 */ 'buffer-size'?: number
  /** default false */ append?: boolean
  /** default false */ 'o-sync'?: boolean
  /** at least 0; default 0 */ 'max-transient-error-timeout'?: number
}
interface GstFileSrc extends GstBaseSrc {
  location?: string
}
interface GstFisheye extends GstGeometricTransform {
}
interface GstFlacDec extends GstAudioDecoder {
}
interface GstFlacEnc extends GstAudioEncoder {
  /** default 5 */ quality?: KindGstFlacEncQuality
  /** default true */ 'streamable-subset'?: boolean
  /** default true */ 'mid-side-stereo'?: boolean
  /** default false */ 'loose-mid-side-stereo'?: boolean
  /** 16 … 65535; default 4608 */ blocksize?: number
  /** 0 … 32; default 8 */ 'max-lpc-order'?: number
  /** 0 … 32; default 0 */ 'qlp-coeff-precision'?: number
  /** default false */ 'qlp-coeff-prec-search'?: boolean
  /** default false */ 'escape-coding'?: boolean
  /** default false */ 'exhaustive-model-search'?: boolean
  /** 0 … 16; default 3 */ 'min-residual-partition-order'?: number
  /** 0 … 16; default 3 */ 'max-residual-partition-order'?: number
  /** 0 … 15; default 0 */ 'rice-parameter-search-dist'?: number
  /** default 0 */ padding?: number
  /** at least -2147483647; default -10 */ seekpoints?: number
}
interface GstFlacParse extends GstBaseParse {
  /** default false */ 'check-frame-checksums'?: boolean
}
interface GstFlacTag extends GstElement {
}
interface GstFliteTestSrc extends GstBaseSrc {
  /** at least 1; default 1024 */ samplesperbuffer?: number
}
interface GstFluidDec extends GstElement {
  soundfont?: string
  /** default true */ 'synth-chorus'?: boolean
  /** default true */ 'synth-reverb'?: boolean
  /** 0 … 10; default 0.2 */ 'synth-gain'?: number
  /** 1 … 65535; default 256 */ 'synth-polyphony'?: number
}
interface GstFlvDemux extends GstElement {
}
interface GstFlvMux extends GstAggregator {
  /** default false */ streamable?: boolean
  metadatacreator?: string
  encoder?: string
  /** default false */ 'skip-backwards-streams'?: boolean
}
interface GstFlxDec extends GstElement {
}
interface GstFPSDisplaySink extends GstBin {
  /** default true */ sync?: boolean
  /** default true */ 'text-overlay'?: boolean
  /** at least 1; default 500 */ 'fps-update-interval'?: number
  /** default false */ 'signal-fps-measurements'?: boolean
  /** default false */ silent?: boolean
}
interface GstFreeverb extends GstBaseTransform {
  /** 0 … 1; default 0.5 */ 'room-size'?: number
  /** 0 … 1; default 0.2 */ damping?: number
  /** 0 … 1; default 1 */ width?: number
  /** 0 … 1; default 0.5 */ level?: number
}
interface GstFunnel extends GstElement {
  /** default true */ 'forward-sticky-events'?: boolean
}
interface GstGamma extends GstVideoFilter {
  /** 0.01 … 10; default 1 */ gamma?: number
}
interface GstGaussianBlur extends GstVideoFilter {
  /** -20 … 20; default 1.2 */ sigma?: number
}
interface GstGdkPixbufDec extends GstElement {
}
interface GstGdkPixbufOverlay extends GstVideoFilter {
  location?: string
  /** default pixels-relative-to-edges */ 'positioning-mode'?: KindGstGdkPixbufPositioningMode
  /** default 0 */ 'offset-x'?: number
  /** default 0 */ 'offset-y'?: number
  /** -1 … 1; default 0 */ 'relative-x'?: number
  /** -1 … 1; default 0 */ 'relative-y'?: number
  /** -1 … 1; default 0 */ 'coef-x'?: number
  /** -1 … 1; default 0 */ 'coef-y'?: number
  /** at least 0; default 0 */ 'overlay-width'?: number
  /** at least 0; default 0 */ 'overlay-height'?: number
  /** 0 … 1; default 1 */ alpha?: number
}
interface GstGdkPixbufSink extends GstVideoSink {
  /** default true */ 'post-messages'?: boolean
}
interface GstGDPDepay extends GstElement {
  /** default 0 */ 'ts-offset'?: Long
}
interface GstGDPPay extends GstElement {
  /** default true */ 'crc-header'?: boolean
  /** default false */ 'crc-payload'?: boolean
}
interface GstGioBaseSink extends GstBaseSink {
}
interface GstGioSink extends GstGioBaseSink {
  location?: string
}
interface GstGioBaseSrc extends GstBaseSrc {
}
interface GstGioSrc extends GstGioBaseSrc {
  location?: string
  /** default false */ 'is-growing'?: boolean
}
interface GstGioStreamSink extends GstGioBaseSink {
}
interface GstGioStreamSrc extends GstGioBaseSrc {
}
interface GstGmeDec extends GstElement {
}
interface GstAudioVisualizer extends GstElement {
  /** default fade */ shader?: KindGstAudioVisualizerShader
  /** default 657930 */ 'shade-amount'?: number
}
interface GstGoom extends GstAudioVisualizer {
}
interface GstGoom2k1 extends GstAudioVisualizer {
}
interface GstGSMDec extends GstAudioDecoder {
}
interface GstGSMEnc extends GstAudioEncoder {
}
interface GstGtkWaylandSink extends GstVideoSink {
  /** default identity */ 'rotate-method'?: KindGstVideoOrientationMethod
}
interface GstH263Parse extends GstBaseParse {
}
interface GstH264Parse extends GstBaseParse {
  /** -1 … 3600; default 0 */ 'config-interval'?: number
  /** default false */ 'update-timecode'?: boolean
}
interface GstCodecTimestamper extends GstElement {
}
interface GstH264Timestamper extends GstCodecTimestamper {
}
interface GstH265Parse extends GstBaseParse {
  /** -1 … 3600; default 0 */ 'config-interval'?: number
}
interface GstH265Timestamper extends GstCodecTimestamper {
}
interface GstHDV1394Src extends GstPushSrc {
  /** -1 … 16; default -1 */ port?: number
  /** 0 … 64; default 63 */ channel?: number
  /** default true */ 'use-avc'?: boolean
  /** default 0 */ guid?: Long
}
interface GstHLSDemux extends GstAdaptiveDemux {
}
interface GstHLSDemux2 extends GstAdaptiveDemux2 {
  /** default 0 */ 'start-bitrate'?: number
}
interface GstHlsSink extends GstBin {
  location?: string
  'playlist-location'?: string
  'playlist-root'?: string
  /** default 10 */ 'max-files'?: number
  /** default 15 */ 'target-duration'?: number
  /** default 5 */ 'playlist-length'?: number
}
interface GstHlsSink2 extends GstBin {
  location?: string
  'playlist-location'?: string
  'playlist-root'?: string
  /** default 10 */ 'max-files'?: number
  /** default 15 */ 'target-duration'?: number
  /** default 5 */ 'playlist-length'?: number
  /** default true */ 'send-keyframe-requests'?: boolean
}
interface GstICYDemux extends GstElement {
}
interface GstID3Demux extends GstTagDemux {
  /** default false */ 'prefer-v1'?: boolean
}
interface GstId3Mux extends GstTagMux {
  /** default false */ 'write-v1'?: boolean
  /** default true */ 'write-v2'?: boolean
  /** 3 … 4; default 3 */ 'v2-version'?: number
}
interface GstId3v2Mux extends GstTagMux {
}
interface GstIdentity extends GstBaseTransform {
  /** default 0 */ 'sleep-time'?: number
  /** at least -1; default -1 */ 'error-after'?: number
  /** 0 … 1; default 0 */ 'drop-probability'?: number
  'drop-buffer-flags'?: KindGstBufferFlags
  /** at least 0; default 0 */ datarate?: number
  /** default true */ silent?: boolean
  /** default false */ 'single-segment'?: boolean
  /** default false */ dump?: boolean
  /** default false */ sync?: boolean
  /** default 0 */ 'ts-offset'?: Long
  /** default false */ 'check-imperfect-timestamp'?: boolean
  /** default false */ 'check-imperfect-offset'?: boolean
  /** default true */ 'signal-handoffs'?: boolean
  /** default false */ 'drop-allocation'?: boolean
  /** at least -1; default -1 */ 'eos-after'?: number
}
interface GstImageFreeze extends GstElement {
  /** at least -1; default -1 */ 'num-buffers'?: number
  /** default false */ 'allow-replace'?: boolean
  /** default false */ 'is-live'?: boolean
}
interface GstImageSequenceSrc extends GstPushSrc {
  location?: string
  /** at least 0; default 0 */ 'start-index'?: number
  /** at least -1; default -1 */ 'stop-index'?: number
  /** default 30/1 */ framerate?: Fraction
}
interface GstInputSelector extends GstElement {
  /** default true */ 'sync-streams'?: boolean
  /** default active-segment */ 'sync-mode'?: KindGstInputSelectorSyncMode
  /** default false */ 'cache-buffers'?: boolean
  /** default false */ 'drop-backwards'?: boolean
}
interface GstInterAudioSink extends GstBaseSink {
  channel?: string
}
interface GstInterAudioSrc extends GstBaseSrc {
  channel?: string
  /** default 1000000000 */ 'buffer-time'?: Long
  /** default 100000000 */ 'latency-time'?: Long
  /** default 25000000 */ 'period-time'?: Long
}
interface GstInterlace extends GstElement {
  /** default false */ 'top-field-first'?: boolean
  /** default 2:3 */ 'field-pattern'?: KindGstInterlacePattern
  /** 0 … 12; default 0 */ 'pattern-offset'?: number
  /** default false */ 'allow-rff'?: boolean
}
interface GstInterleave extends GstElement {
  /** default true */ 'channel-positions-from-input'?: boolean
}
interface GstInterSubSink extends GstBaseSink {
  channel?: string
}
interface GstInterSubSrc extends GstBaseSrc {
  channel?: string
}
interface GstInterVideoSink extends GstVideoSink {
  channel?: string
}
interface GstInterVideoSrc extends GstBaseSrc {
  channel?: string
  /** default 1000000000 */ timeout?: Long
}
interface GstIpcPipelineSink extends GstElement {
  /** -1 … 65535; default -1 */ fdin?: number
  /** -1 … 65535; default -1 */ fdout?: number
  /** 1 … 16777216; default 4096 */ 'read-chunk-size'?: number
  /** default 10000000 */ 'ack-time'?: Long
}
interface GstIpcPipelineSrc extends GstElement {
  /** -1 … 65535; default -1 */ fdin?: number
  /** -1 … 65535; default -1 */ fdout?: number
  /** 1 … 16777216; default 65536 */ 'read-chunk-size'?: number
  /** default 10000000 */ 'ack-time'?: Long
}
interface GstIpcSlavePipeline extends GstPipeline {
}
interface GstIRTSPParse extends GstBaseParse {
  /** 0 … 255; default 0 */ 'channel-id'?: number
}
interface GstISMLMux extends GstBaseQTMux {
  /** default true */ streamable?: boolean
}
interface GstIvfParse extends GstBaseParse {
}
interface GstIvtc extends GstBaseTransform {
}
interface GstAudioBaseSink extends GstBaseSink {
  /** at least 1; default 200000 */ 'buffer-time'?: Long
  /** at least 1; default 10000 */ 'latency-time'?: Long
  /** default true */ 'provide-clock'?: boolean
  /** default skew */ 'slave-method'?: KindGstAudioBaseSinkSlaveMethod
  /** default false */ 'can-activate-pull'?: boolean
  /** 1 … 18446744073709551614; default 40000000 */ 'alignment-threshold'?: Long
  /** at least 1; default 40000 */ 'drift-tolerance'?: Long
  /** 0 … 18446744073709551614; default 1000000000 */ 'discont-wait'?: Long
}
interface GstJackAudioSink extends GstAudioBaseSink, Shared16 {
  /** default auto */ connect?: KindGstJackConnect
  'port-pattern'?: string
  transport?: KindGstJackTransport
  /** default false */ 'low-latency'?: boolean
  'port-names'?: string
}
interface GstAudioBaseSrc extends GstPushSrc {
  /** at least 1; default 200000 */ 'buffer-time'?: Long
  /** at least 1; default 10000 */ 'latency-time'?: Long
  /** default true */ 'provide-clock'?: boolean
  /** default skew */ 'slave-method'?: KindGstAudioBaseSrcSlaveMethod
}
interface GstJackAudioSrc extends GstAudioBaseSrc, Shared16 {
  /** default auto */ connect?: KindGstJackConnect
  'port-pattern'?: string
  transport?: KindGstJackTransport
  /** default false */ 'low-latency'?: boolean
  'port-names'?: string
}
interface GstJifMux extends GstElement {
}
interface GstJP2kDecimator extends GstElement {
  /** 0 … 65535; default 0 */ 'max-layers'?: number
  /** -1 … 32; default -1 */ 'max-decomposition-levels'?: number
}
interface GstJPEG2000Parse extends GstBaseParse {
}
interface GstJpegDec extends GstVideoDecoder {
  /** default ifast */ 'idct-method'?: KindGstIDCTMethod
  /** at least -1; default 0 @deprecated */ 'max-errors'?: number
}
interface GstJpegEnc extends GstVideoEncoder {
  /** 0 … 100; default 85 */ quality?: number
  /** default ifast */ 'idct-method'?: KindGstIDCTMethod
  /** default false */ snapshot?: boolean
}
interface GstJpegParse extends GstBaseParse {
}
interface GstKaleidoscope extends GstCircleGeometricTransform {
  /** default 0 */ angle?: number
  /** default 0 */ angle2?: number
  /** at least 2; default 3 */ sides?: number
}
interface GstKateDec extends GstElement {
  /** default false */ 'remove-markup'?: boolean
}
interface GstKateEnc extends GstElement {
  language?: string
  category?: string
  /** at least 1; default 1 */ 'granule-rate-numerator'?: number
  /** at least 1; default 1000 */ 'granule-rate-denominator'?: number
  /** 0 … 64; default 32 */ 'granule-shift'?: number
  /** at least 0; default 2.5 */ 'keepalive-min-time'?: number
  /** at least 0; default 0 */ 'original-canvas-width'?: number
  /** at least 0; default 0 */ 'original-canvas-height'?: number
  /** at least 0; default 1.5 */ 'default-spu-duration'?: number
}
interface GstKateParse extends GstElement {
}
interface GstKateTag extends GstKateParse {
  language?: string
  category?: string
  /** at least 0; default 0 */ 'original-canvas-width'?: number
  /** at least 0; default 0 */ 'original-canvas-height'?: number
}
interface GstKMSSink extends GstVideoSink {
  'driver-name'?: string
  'bus-id'?: string
  /** at least -1; default -1 */ 'connector-id'?: number
  /** at least -1; default -1 */ 'plane-id'?: number
  /** default false */ 'force-modesetting'?: boolean
  /** default true */ 'restore-crtc'?: boolean
  /** default true */ 'can-scale'?: boolean
  'connector-properties'?: string
  'plane-properties'?: string
  /** at least -1; default -1 */ fd?: number
  /** default false */ 'skip-vsync'?: boolean
  'render-rectangle'?: string
}
interface GstLameMP3Enc extends GstAudioEncoder {
  /** default quality */ target?: KindGstLameMP3EncTarget
  /** 8 … 320; default 128 */ bitrate?: number
  /** default false */ cbr?: boolean
  /** 0 … 9.999; default 4 */ quality?: number
  /** default standard */ 'encoding-engine-quality'?: KindGstLameMP3EncEncodingEngineQuality
  /** default false */ mono?: boolean
}
interface GstLcms extends GstVideoFilter {
  /** default perceptual */ intent?: KindGstLcmsIntent
  /** default cached */ lookup?: KindGstLcmsLookupMethod
  'input-profile'?: string
  'dest-profile'?: string
  /** default false */ 'preserve-black'?: boolean
  /** default true */ 'embedded-profile'?: boolean
}
interface GstLdacEnc extends GstAudioEncoder {
  /** default sq */ eqmid?: KindGstLdacEqmid
}
interface GstLevel extends GstBaseTransform {
  /** default true */ 'post-messages'?: boolean
  /** default true @deprecated */ message?: boolean
  /** default 100000000 */ interval?: Long
  /** default 300000000 */ 'peak-ttl'?: Long
  /** at least 0; default 10 */ 'peak-falloff'?: number
  /** default false */ 'audio-level-meta'?: boolean
}
interface GstLibde265Dec extends GstVideoDecoder {
  /** at least 0; default 0 */ 'max-threads'?: number
}
interface GstLine21Decoder extends GstVideoFilter {
  /** default false */ 'ntsc-only'?: boolean
  /** default add */ mode?: KindGstLine21DecoderMode
}
interface GstLine21Encoder extends GstVideoFilter {
  /** default false */ 'remove-caption-meta'?: boolean
}
interface GstLiveAdder extends GstAudioMixer {
  /** default 30 */ latency?: number
}
interface GstMarble extends GstGeometricTransform {
  /** at least 0; default 4 */ 'x-scale'?: number
  /** 0 … 1; default 1 */ turbulence?: number
  /** at least 0; default 4 */ 'y-scale'?: number
  /** 0 … 1; default 1 */ amount?: number
}
interface GstMatroskaDemux extends GstElement {
  /** default 2000000000 */ 'max-gap-time'?: Long
  /** default 30 */ 'max-backtrack-distance'?: number
}
interface GstMatroskaMux extends GstElement {
  'writing-app'?: string
  /** 1 … 2; default 2 */ version?: number
  /** at least 0; default 0 */ 'min-index-interval'?: Long
  /** default false */ streamable?: boolean
  /** 1 … 1000000000; default 1000000 */ timecodescale?: Long
  /** at least 0; default 500000000 */ 'min-cluster-duration'?: Long
  /** at least 0; default 65535000000 */ 'max-cluster-duration'?: Long
  /** default false */ 'offset-to-zero'?: boolean
  /** default 0 */ 'cluster-timestamp-offset'?: Long
}
interface GstMatroskaParse extends GstElement {
}
interface GstMidiParse extends GstElement {
}
interface GstMirror extends GstGeometricTransform {
  /** default left */ mode?: KindGstMirrorMode
}
interface GstMJ2Mux extends GstBaseQTMux {
  /** default false @deprecated */ streamable?: boolean
}
interface GstModPlug extends GstElement {
  /** default false */ reverb?: boolean
  /** 0 … 100; default 30 */ 'reverb-depth'?: number
  /** 0 … 200; default 100 */ 'reverb-delay'?: number
  /** default false */ megabass?: boolean
  /** 0 … 100; default 40 */ 'megabass-amount'?: number
  /** 0 … 100; default 30 */ 'megabass-range'?: number
  /** default true */ 'noise-reduction'?: boolean
  /** default true */ surround?: boolean
  /** 0 … 100; default 20 */ 'surround-depth'?: number
  /** 0 … 40; default 20 */ 'surround-delay'?: number
  /** default true */ oversamp?: boolean
}
interface GstMonoscope extends GstElement {
}
interface GstMP4Mux extends GstBaseQTMux {
  /** default false @deprecated */ streamable?: boolean
}
interface GstMpeg2dec extends GstVideoDecoder {
}
interface GstMpeg2enc extends GstVideoEncoder {
  /** default 0 */ format?: KindGstMpeg2encFormat
  /** default 0 */ framerate?: KindGstMpeg2encFramerate
  /** default 0 */ aspect?: KindGstMpeg2encAspect
  /** default 0 */ 'interlace-mode'?: KindGstMpeg2encInterlaceMode
  /** 0 … 40000; default 1125 */ bitrate?: number
  /** 0 … 10000; default 0 */ 'non-video-bitrate'?: number
  /** -1 … 31; default 0 */ quantisation?: number
  /** 0 … 512; default 0 */ 'vcd-still-size'?: number
  /** 0 … 32; default 16 */ 'motion-search-radius'?: number
  /** 1 … 4; default 2 */ 'reduction-4x4'?: number
  /** 1 … 4; default 3 */ 'reduction-2x2'?: number
  /** -40 … 40; default 0 */ 'unit-coeff-elim'?: number
  /** -1 … 250; default -1 */ 'min-gop-size'?: number
  /** -1 … 250; default -1 */ 'max-gop-size'?: number
  /** default false */ 'closed-gop'?: boolean
  /** default false */ 'force-b-b-p'?: boolean
  /** 0 … 2; default 0 */ 'b-per-refframe'?: number
  /** -4 … 10; default 0 */ 'quantisation-reduction'?: number
  /** 0 … 2500; default 100 */ 'quant-reduction-max-var'?: number
  /** 8 … 11; default 9 */ 'intra-dc-prec'?: number
  /** 0 … 2; default 0 */ 'reduce-hf'?: number
  /** default false */ 'keep-hf'?: boolean
  /** default 9 */ 'quant-matrix'?: KindGstMpeg2encQuantisationMatrix
  /** 20 … 4000; default 46 */ bufsize?: number
  /** default 0 */ norm?: KindGstMpeg2encVideoNorm
  /** 0 … 10240; default 0 */ 'sequence-length'?: number
  /** default false */ 'pulldown-3-2'?: boolean
  /** default false */ 'sequence-header-every-gop'?: boolean
  /** default 0 */ 'playback-field-order'?: KindGstMpeg2encPlaybackFieldOrders
  /** default true */ 'dummy-svcd-sof'?: boolean
  /** default false */ 'correct-svcd-hds'?: boolean
  /** default true */ 'altscan-mpeg2'?: boolean
  /** default true */ constraints?: boolean
  /** default false */ dualprime?: boolean
  /** default false */ 'disable-encode-retries'?: boolean
}
interface GstMpeg4VParse extends GstBaseParse {
  /** default true */ drop?: boolean
  /** -1 … 3600; default 0 */ 'config-interval'?: number
}
interface GstMpegAudioParse extends GstBaseParse {
}
interface GstMpegPSDemux extends GstElement {
  /** default false */ 'ignore-scr'?: boolean
}
interface MpegPsMux extends GstElement {
  /** default false */ 'aggregate-gops'?: boolean
}
interface GstMpegTsMux extends GstBaseTsMux {
  /** default false */ 'm2ts-mode'?: boolean
}
interface GstMpegvParse extends GstBaseParse {
  /** default true */ drop?: boolean
  /** default false */ 'gop-split'?: boolean
}
interface GstMpg123AudioDec extends GstAudioDecoder {
}
interface GstMplex extends GstElement {
  /** default dvd */ format?: KindGstMplexFormat
  /** 0 … 15360; default 0 */ 'mux-bitrate'?: number
  /** default false */ vbr?: boolean
  /** default false */ 'system-headers'?: boolean
  /** 1 … 100; default 1 */ 'packets-per-pack'?: number
  /** 256 … 16384; default 2048 */ 'sector-size'?: number
  /** 20 … 4000; default 46 */ bufsize?: number
}
interface GstMssDemux extends GstAdaptiveDemux {
  /** default 0 @deprecated */ 'max-queue-size-buffers'?: number
}
interface GstMssDemux2 extends GstAdaptiveDemux2 {
}
interface GstMuLawDec extends GstAudioDecoder {
}
interface GstMuLawEnc extends GstAudioEncoder {
}
interface GstMultiHandleSink extends GstBaseSink {
  /** default buffers */ 'unit-format'?: KindGstFormat
  /** at least -1; default -1 */ 'units-max'?: Long
  /** at least -1; default -1 */ 'units-soft-max'?: Long
  /** at least -1; default -1 */ 'buffers-max'?: number
  /** at least -1; default -1 */ 'buffers-soft-max'?: number
  /** at least -1; default -1 */ 'time-min'?: Long
  /** at least -1; default -1 */ 'bytes-min'?: number
  /** at least -1; default -1 */ 'buffers-min'?: number
  /** default none */ 'recover-policy'?: KindGstMultiHandleSinkRecoverPolicy
  /** default 0 */ timeout?: Long
  /** default latest */ 'sync-method'?: KindGstMultiHandleSinkSyncMethod
  /** default undefined */ 'burst-format'?: KindGstFormat
  /** default 0 */ 'burst-value'?: Long
  /** -1 … 63; default -1 */ 'qos-dscp'?: number
  /** default true */ 'resend-streamheader'?: boolean
}
interface GstMultiFdSink extends GstMultiHandleSink {
  /** default true */ 'handle-read'?: boolean
}
interface GstMultiFileSink extends GstBaseSink {
  location?: string
  /** at least 0; default 0 */ index?: number
  /** default false */ 'post-messages'?: boolean
  /** default buffer */ 'next-file'?: KindGstMultiFileSinkNext
  /** default 0 */ 'max-files'?: number
  /** default 2147483648 */ 'max-file-size'?: Long
  /** default 18446744073709551615 */ 'max-file-duration'?: Long
  /** default false */ 'aggregate-gops'?: boolean
  /** default 10000000000 */ 'min-keyframe-distance'?: Long
}
interface GstMultiFileSrc extends GstPushSrc {
  location?: string
  /** at least 0; default 0 */ index?: number
  /** at least 0; default 0 */ 'start-index'?: number
  /** at least -1; default 0 */ 'stop-index'?: number
  caps?: string
  /** default false */ loop?: boolean
}
interface GstMultipartDemux extends GstElement {
  boundary?: string
  /** default false */ 'single-stream'?: boolean
}
interface GstMultipartMux extends GstElement {
  boundary?: string
}
interface GstMultiQueue extends GstElement {
  /** default 10485760 */ 'extra-size-bytes'?: number
  /** default 5 */ 'extra-size-buffers'?: number
  /** default 3000000000 */ 'extra-size-time'?: Long
  /** default 10485760 */ 'max-size-bytes'?: number
  /** default 5 */ 'max-size-buffers'?: number
  /** default 2000000000 */ 'max-size-time'?: Long
  /** default false */ 'use-buffering'?: boolean
  /** 0 … 100; default 1 */ 'low-percent'?: number
  /** 0 … 100; default 99 */ 'high-percent'?: number
  /** 0 … 1; default 0.01 */ 'low-watermark'?: number
  /** 0 … 1; default 0.99 */ 'high-watermark'?: number
  /** default false */ 'sync-by-running-time'?: boolean
  /** default false */ 'use-interleave'?: boolean
  /** default 250000000 */ 'unlinked-cache-time'?: Long
  /** default 250000000 */ 'min-interleave-time'?: Long
}
interface GstMultiSocketSink extends GstMultiHandleSink {
  /** default false */ 'send-dispatched'?: boolean
  /** default false */ 'send-messages'?: boolean
}
interface GstMultiUDPSink extends GstBaseSink, Shared17 {
  /** default true */ 'close-socket'?: boolean
  clients?: string
  /** default true */ 'auto-multicast'?: boolean
  'multicast-iface'?: string
  /** default true */ loop?: boolean
  /** default false @deprecated */ 'force-ipv4'?: boolean
  /** -1 … 63; default -1 */ 'qos-dscp'?: number
  /** default true */ 'send-duplicates'?: boolean
  /** at least 0; default 0 */ 'buffer-size'?: number
  'bind-address'?: string
  /** 0 … 65535; default 0 */ 'bind-port'?: number
}
interface GstMusepackDec extends GstElement {
}
interface GstMXFDemux extends GstElement {
  package?: string
  /** default 100000000 */ 'max-drift'?: Long
}
interface GstMXFMux extends GstAggregator {
}
interface GstNavigationtest extends GstVideoFilter {
  /** default true */ 'display-mouse'?: boolean
  /** default true */ 'display-touch'?: boolean
}
interface GstNavSeek extends GstBaseTransform {
  /** at least 0; default 5 */ 'seek-offset'?: number
  /** default false */ 'hold-eos'?: boolean
}
interface GstNeonhttpSrc extends GstPushSrc {
  location?: string
  proxy?: string
  'user-agent'?: string
  /** default true */ 'automatic-redirect'?: boolean
  /** default false */ 'accept-self-signed'?: boolean
  /** 0 … 3600; default 0 */ 'connect-timeout'?: number
  /** 0 … 3600; default 0 */ 'read-timeout'?: number
  /** default false */ 'neon-http-debug'?: boolean
  /** default true */ 'iradio-mode'?: boolean
}
interface GstNetSim extends GstElement {
  /** default 200 */ 'min-delay'?: number
  /** default 400 */ 'max-delay'?: number
  /** default uniform */ 'delay-distribution'?: KindGstNetSimDistribution
  /** 0 … 1; default 0 */ 'delay-probability'?: number
  /** 0 … 1; default 0 */ 'drop-probability'?: number
  /** 0 … 1; default 0 */ 'duplicate-probability'?: number
  /** default 0 */ 'drop-packets'?: number
  /** at least -1; default -1 */ 'max-kbps'?: number
  /** at least -1; default -1 */ 'max-bucket-size'?: number
  /** default true */ 'allow-reordering'?: boolean
}
interface GstOggAviParse extends GstElement {
}
interface GstOggDemux extends GstElement {
}
interface GstOggMux extends GstElement {
  /** default 500000000 */ 'max-delay'?: Long
  /** default 500000000 */ 'max-page-delay'?: Long
  /** default 40000000 */ 'max-tolerance'?: Long
  /** default false */ skeleton?: boolean
}
interface GstOggParse extends GstElement {
}
interface GstOgmParse extends GstElement {
}
interface GstOgmAudioParse extends GstOgmParse {
}
interface GstOgmTextParse extends GstOgmParse {
}
interface GstOgmVideoParse extends GstOgmParse {
}
interface GstAudioSink extends GstAudioBaseSink {
}
interface GstOpenALSink extends GstAudioSink {
  device?: string
  /** default 0 */ 'user-source'?: number
}
interface GstAudioSrc extends GstAudioBaseSrc {
}
interface GstOpenalSrc extends GstAudioSrc {
  device?: string
}
interface GstOpenaptxDec extends GstAudioDecoder {
  /** default true */ autosync?: boolean
}
interface GstOpenaptxEnc extends GstAudioEncoder {
}
interface GstOpenEXRDec extends GstVideoDecoder {
}
interface GstOpenh264Dec extends GstVideoDecoder {
}
interface GstOpenh264Enc extends GstVideoEncoder {
  /** default camera */ 'usage-type'?: KindEUsageType
  /** default 128000 */ bitrate?: number
  /** default 0 */ 'max-bitrate'?: number
  /** default 90 */ 'gop-size'?: number
  /** default 1500000 */ 'max-slice-size'?: number
  /** default quality */ 'rate-control'?: KindRCMODES
  /** default 0 */ 'multi-thread'?: number
  /** default false */ 'enable-denoise'?: boolean
  /** default false */ 'enable-frame-skip'?: boolean
  /** default on */ deblocking?: KindGstOpenh264encDeblockingModes
  /** default true */ 'background-detection'?: boolean
  /** default true */ 'adaptive-quantization'?: boolean
  /** default true */ 'scene-change-detection'?: boolean
  /** default n-slices */ 'slice-mode'?: KindGstOpenh264EncSliceModes
  /** default 1 */ 'num-slices'?: number
  /** default medium */ complexity?: KindGstOpenh264encComplexity
  /** 0 … 51; default 0 */ 'qp-min'?: number
  /** 0 … 51; default 51 */ 'qp-max'?: number
}
interface GstOpenJPEGDec extends GstVideoDecoder {
  /** at least 0; default 0 */ 'max-threads'?: number
  /** at least 0; default 0 */ 'max-slice-threads'?: number
}
interface GstOpenJPEGEnc extends GstVideoEncoder {
  /** 1 … 10; default 1 */ 'num-layers'?: number
  /** 1 … 10; default 6 */ 'num-resolutions'?: number
  /** default lrcp */ 'progression-order'?: KindGstOpenJPEGEncProgressionOrder
  /** default 0 */ 'tile-offset-x'?: number
  /** default 0 */ 'tile-offset-y'?: number
  /** at least 0; default 0 */ 'tile-width'?: number
  /** at least 0; default 0 */ 'tile-height'?: number
  /** at least 1; default 1 */ 'num-stripes'?: number
  /** 0 … 2147483647; default 0 */ 'num-threads'?: number
}
interface GstNonstreamAudioDecoder extends GstElement {
  /** default 0 */ 'current-subsong'?: number
  /** default default */ 'subsong-mode'?: KindGstNonstreamAudioSubsongMode
  /** at least -1; default 0 */ 'num-loops'?: number
  /** default steady */ 'output-mode'?: KindGstNonstreamAudioOutputMode
}
interface GstOpenMptDec extends GstNonstreamAudioDecoder {
  /** at least -2147483647; default 0 */ 'master-gain'?: number
  /** 0 … 400; default 100 */ 'stereo-separation'?: number
  /** 0 … 8; default 0 */ 'filter-length'?: number
  /** -1 … 10; default -1 */ 'volume-ramping'?: number
  /** 1 … 268435455; default 1024 */ 'output-buffer-size'?: number
}
interface GstOpenni2Src extends GstPushSrc {
  location?: string
  /** default depth */ sourcetype?: KindGstOpenni2SrcSourcetype
}
interface GstOpTV extends GstVideoFilter {
  /** default maelstrom */ mode?: KindGstOpTVMode
  /** default 16 */ speed?: number
  /** 0 … 2147483647; default 60 */ threshold?: number
}
interface GstOpusDec extends GstAudioDecoder {
  /** default false */ 'use-inband-fec'?: boolean
  /** default true */ 'apply-gain'?: boolean
  /** default false */ 'phase-inversion'?: boolean
}
interface GstOpusEnc extends GstAudioEncoder {
  /** default generic */ 'audio-type'?: KindGstOpusEncAudioType
  /** 4000 … 650000; default 64000 */ bitrate?: number
  /** default fullband */ bandwidth?: KindGstOpusEncBandwidth
  /** default 20 */ 'frame-size'?: KindGstOpusEncFrameSize
  /** default constrained-vbr */ 'bitrate-type'?: KindGstOpusEncBitrateType
  /** 0 … 10; default 10 */ complexity?: number
  /** default false */ 'inband-fec'?: boolean
  /** default false */ dtx?: boolean
  /** 0 … 100; default 0 */ 'packet-loss-percentage'?: number
  /** 2 … 4000; default 4000 */ 'max-payload-size'?: number
}
interface GstOpusParse extends GstBaseParse {
}
interface GstOss4Sink extends GstAudioSink {
  device?: string
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
}
interface GstOss4Source extends GstAudioSrc {
  device?: string
}
interface GstOssSink extends GstAudioSink {
  device?: string
}
interface GstOssSrc extends GstAudioSrc {
  device?: string
}
interface GstOutputSelector extends GstElement {
  /** default false */ 'resend-latest'?: boolean
  /** default all */ 'pad-negotiation-mode'?: KindGstOutputSelectorPadNegotiationMode
}
interface GstOverlayComposition extends GstElement {
}
interface GstParseBin extends GstBin {
  'subtitle-encoding'?: string
  'sink-caps'?: string
  /** default true */ 'expose-all-streams'?: boolean
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
}
interface GstPcapParse extends GstElement {
  'src-ip'?: string
  'dst-ip'?: string
  /** -1 … 65535; default -1 */ 'src-port'?: number
  /** -1 … 65535; default -1 */ 'dst-port'?: number
  caps?: string
  /** at least -1; default -1 */ 'ts-offset'?: Long
}
interface GstPerspective extends GstGeometricTransform {
}
interface GstPinch extends GstCircleGeometricTransform {
  /** -1 … 1; default 0.5 */ intensity?: number
}
interface GstPitch extends GstElement {
  /** 0.1 … 10; default 1 */ 'output-rate'?: number
  /** 0.1 … 10; default 1 */ rate?: number
  /** 0.1 … 10; default 1 */ tempo?: number
  /** 0.1 … 10; default 1 */ pitch?: number
}
interface GstPlayBin extends GstPipeline, Shared18, Shared19 {
  uri?: string
  suburi?: string
  /** at least -1; default -1 */ 'current-video'?: number
  /** at least -1; default -1 */ 'current-audio'?: number
  /** at least -1; default -1 */ 'current-text'?: number
  'subtitle-encoding'?: string
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default none */ 'video-multiview-mode'?: KindGstVideoMultiviewFramePacking
  'video-multiview-flags'?: KindGstVideoMultiviewFlags
}
interface GstPlayBin3 extends GstPipeline, Shared18, Shared19 {
  uri?: string
  suburi?: string
  'subtitle-encoding'?: string
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default none */ 'video-multiview-mode'?: KindGstVideoMultiviewFramePacking
  'video-multiview-flags'?: KindGstVideoMultiviewFlags
  /** default false */ 'instant-uri'?: boolean
}
interface GstPlaySink extends GstBin, Shared18 {
  /** default false */ mute?: boolean
  /** 0 … 10; default 1 */ volume?: number
  'subtitle-encoding'?: string
  /** default default */ 'send-event-mode'?: KindGstPlaySinkSendEventMode
  /** default true */ 'force-aspect-ratio'?: boolean
}
interface GstPngDec extends GstVideoDecoder {
}
interface GstPngEnc extends GstVideoEncoder {
  /** default false */ snapshot?: boolean
  /** 0 … 9; default 6 */ 'compression-level'?: number
}
interface GstPngParse extends GstBaseParse {
}
interface GstPnmdec extends GstVideoDecoder {
}
interface GstPnmenc extends GstVideoEncoder {
  /** default false */ ascii?: boolean
}
interface GstPNMSrc extends GstPushSrc {
  location?: string
}
interface GstProgressReport extends GstBaseTransform {
  /** at least 1; default 5 */ 'update-freq'?: number
  /** default false */ silent?: boolean
  /** default true */ 'do-query'?: boolean
  format?: string
}
interface GstProxySink extends GstElement {
}
interface GstProxySrc extends GstBin {
}
interface GstPulseSink extends GstAudioBaseSink, Shared16 {
  device?: string
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
  'stream-properties'?: string
}
interface GstPulseSrc extends GstAudioSrc, Shared16 {
  device?: string
  'stream-properties'?: string
  /** 0 … 10; default 1 */ volume?: number
  /** default false */ mute?: boolean
}
interface GstPushFileSrc extends GstBin {
  location?: string
  /** default false */ 'time-segment'?: boolean
  /** at least 0; default 0 */ 'stream-time'?: Long
  /** at least 0; default 0 */ 'start-time'?: Long
  /** default 18446744073709551615 */ 'initial-timestamp'?: Long
  /** at least 2.22507e-308; default 1 */ rate?: number
  /** at least 2.22507e-308; default 1 */ 'applied-rate'?: number
}
interface GstQROverlay extends GstBaseQROverlay {
  data?: string
}
interface GstQTDemux extends GstElement {
}
interface GstQTMoovRecover extends GstPipeline {
  'recovery-input'?: string
  'broken-input'?: string
  'fixed-output'?: string
  /** default false */ 'faststart-mode'?: boolean
}
interface GstQTMux extends GstBaseQTMux {
  /** default false @deprecated */ streamable?: boolean
}
interface GstQuarkTV extends GstVideoFilter {
  /** 1 … 64; default 16 */ planes?: number
}
interface GstQueue extends GstElement {
  /** default 200 */ 'max-size-buffers'?: number
  /** default 10485760 */ 'max-size-bytes'?: number
  /** default 1000000000 */ 'max-size-time'?: Long
  /** default 0 */ 'min-threshold-buffers'?: number
  /** default 0 */ 'min-threshold-bytes'?: number
  /** default 0 */ 'min-threshold-time'?: Long
  /** default no */ leaky?: KindGstQueueLeaky
  /** default false */ silent?: boolean
  /** default false */ 'flush-on-eos'?: boolean
}
interface GstQueue2 extends GstElement {
  /** default 100 */ 'max-size-buffers'?: number
  /** default 2097152 */ 'max-size-bytes'?: number
  /** default 2000000000 */ 'max-size-time'?: Long
  /** default false */ 'use-buffering'?: boolean
  /** default false */ 'use-tags-bitrate'?: boolean
  /** default true */ 'use-rate-estimate'?: boolean
  /** 0 … 100; default 1 */ 'low-percent'?: number
  /** 0 … 100; default 99 */ 'high-percent'?: number
  /** 0 … 1; default 0.01 */ 'low-watermark'?: number
  /** 0 … 1; default 0.99 */ 'high-watermark'?: number
  'temp-template'?: string
  /** default true */ 'temp-remove'?: boolean
  /** default 0 */ 'ring-buffer-max-size'?: Long
  /** default true */ 'use-bitrate-query'?: boolean
}
interface GstRealAudioDemux extends GstElement {
}
interface GstRadioacTV extends GstVideoFilter {
  /** default normal */ mode?: KindGstRadioacTVMode
  /** default white */ color?: KindGstRadioacTVColor
  /** 0 … 2147483647; default 3 */ interval?: number
  /** default false */ trigger?: boolean
}
interface GstRawBaseParse extends GstBaseParse {
  /** default false */ 'use-sink-caps'?: boolean
}
interface GstRawAudioParse extends GstRawBaseParse {
  /** default pcm */ format?: KindGstRawAudioParseFormat
  /** default unknown */ 'pcm-format'?: KindGstAudioFormat
  /** at least 1; default 44100 */ 'sample-rate'?: number
  /** at least 1; default 2 */ 'num-channels'?: number
  /** default true */ interleaved?: boolean
}
interface GstRawVideoParse extends GstRawBaseParse {
  /** at least 0; default 320 */ width?: number
  /** at least 0; default 240 */ height?: number
  /** default i420 */ format?: KindGstVideoFormat
  /** default 1/1 */ 'pixel-aspect-ratio'?: Fraction
  /** default 25/1 */ framerate?: Fraction
  /** default false */ interlaced?: boolean
  /** default false */ 'top-field-first'?: boolean
  'plane-strides'?: string
  'plane-offsets'?: string
  /** default 0 */ 'frame-size'?: number
  colorimetry?: string
}
interface GstRDTDepay extends GstElement {
}
interface GstRDTManager extends GstElement {
  /** default 200 */ latency?: number
}
interface GstRemoveSilence extends GstBaseTransform {
  /** default false */ remove?: boolean
  /** default 480 */ hysteresis?: Long
  /** -70 … 70; default -60 */ threshold?: number
  /** default false */ squash?: boolean
  /** default true */ silent?: boolean
  /** 0 … 10000; default 0 */ 'minimum-silence-buffers'?: number
  /** 0 … 10000000000; default 0 */ 'minimum-silence-time'?: Long
}
interface GstRevTV extends GstVideoFilter {
  /** 1 … 100; default 1 */ delay?: number
  /** 1 … 100; default 6 */ linespace?: number
  /** 1 … 200; default 50 */ gain?: number
}
interface GstRfbSrc extends GstPushSrc {
  uri?: string
  host?: string
  /** 1 … 65535; default 5900 */ port?: number
  version?: string
  password?: string
  /** 0 … 65535; default 0 */ 'offset-x'?: number
  /** 0 … 65535; default 0 */ 'offset-y'?: number
  /** 0 … 65535; default 0 */ width?: number
  /** 0 … 65535; default 0 */ height?: number
  /** default true */ incremental?: boolean
  /** default false */ 'use-copyrect'?: boolean
  /** default true */ shared?: boolean
  /** default false */ 'view-only'?: boolean
}
interface GstRgAnalysis extends GstBaseTransform {
  /** at least 0; default 0 */ 'num-tracks'?: number
  /** default true */ forced?: boolean
  /** 0 … 150; default 89 */ 'reference-level'?: number
  /** default false */ message?: boolean
}
interface GstRGB2Bayer extends GstBaseTransform {
}
interface GstRgLimiter extends GstBaseTransform {
  /** default true */ enabled?: boolean
}
interface GstRgVolume extends GstBin {
  /** default true */ 'album-mode'?: boolean
  /** 0 … 60; default 0 */ headroom?: number
  /** -60 … 60; default 0 */ 'pre-amp'?: number
  /** -60 … 60; default 0 */ 'fallback-gain'?: number
}
interface GstRippleTV extends GstVideoFilter {
  /** default false */ reset?: boolean
  /** default motion-detection */ mode?: KindGstRippleTVMode
}
interface GstRistRtpDeext extends GstElement {
}
interface GstRistRtpExt extends GstElement {
  /** default false */ 'drop-null-ts-packets'?: boolean
  /** default false */ 'sequence-number-extension'?: boolean
}
interface GstRistRtxReceive extends GstElement {
}
interface GstRistRtxSend extends GstElement {
  /** default 0 */ 'max-size-time'?: number
  /** 0 … 32767; default 100 */ 'max-size-packets'?: number
}
interface GstRistSink extends GstBin {
  address?: string
  /** 2 … 65534; default 5004 */ port?: number
  /** default 1200 */ 'sender-buffer'?: number
  /** 0 … 100; default 100 */ 'min-rtcp-interval'?: number
  /** 0 … 0.05; default 0.05 */ 'max-rtcp-bandwidth'?: number
  /** default 0 */ 'stats-update-interval'?: number
  cname?: string
  /** default false */ 'multicast-loopback'?: boolean
  'multicast-iface'?: string
  /** 0 … 255; default 1 */ 'multicast-ttl'?: number
  'bonding-addresses'?: string
  /** default broadcast */ 'bonding-method'?: KindGstRistBondingMethodType
  /** default false */ 'drop-null-ts-packets'?: boolean
  /** default false */ 'sequence-number-extension'?: boolean
}
interface GstRistSrc extends GstBin {
  address?: string
  /** 2 … 65534; default 5004 */ port?: number
  /** default 1000 */ 'receiver-buffer'?: number
  /** default 70 */ 'reorder-section'?: number
  /** default 7 */ 'max-rtx-retries'?: number
  /** 0 … 100; default 100 */ 'min-rtcp-interval'?: number
  /** 0 … 0.05; default 0.05 */ 'max-rtcp-bandwidth'?: number
  /** default 0 */ 'stats-update-interval'?: number
  cname?: string
  /** default false */ 'multicast-loopback'?: boolean
  'multicast-iface'?: string
  /** 0 … 255; default 1 */ 'multicast-ttl'?: number
  'bonding-addresses'?: string
}
interface GstRMDemux extends GstElement {
}
interface GstRndBufferSize extends GstElement {
  /** default 0 */ seed?: number
  /** at least 0; default 1 */ min?: number
  /** at least 1; default 8192 */ max?: number
}
interface GstRotate extends GstGeometricTransform {
  /** default 0 */ angle?: number
}
interface GstRoundRobin extends GstElement {
}
interface RsnDvdBin extends GstBin {
  device?: string
}
interface GstRsvgDec extends GstVideoDecoder {
}
interface GstRsvgOverlay extends GstVideoFilter {
  data?: string
  location?: string
  /** default true */ 'fit-to-frame'?: boolean
  /** at least -2147483647; default 0 */ x?: number
  /** at least -2147483647; default 0 */ y?: number
  /** default 0 */ 'x-relative'?: number
  /** default 0 */ 'y-relative'?: number
  /** at least -2147483647; default 0 */ width?: number
  /** at least -2147483647; default 0 */ height?: number
  /** default 0 */ 'width-relative'?: number
  /** default 0 */ 'height-relative'?: number
}
interface GstRtmp2Sink extends GstBaseSink {
  application?: string
  /** default auto */ authmod?: KindGstRtmpAuthmod
  'flash-version'?: string
  host?: string
  location?: string
  password?: string
  /** 1 … 65535; default 1935 */ port?: number
  /** default rtmp */ scheme?: KindGstRtmpScheme
  'secure-token'?: string
  stream?: string
  /** default 5 */ timeout?: number
  'tls-validation-flags'?: KindGTlsCertificateFlags
  username?: string
  /** default true */ 'async-connect'?: boolean
  /** 0 … 17179869; default 0 */ 'peak-kbps'?: number
  /** 1 … 2147483647; default 128 */ 'chunk-size'?: number
  'stop-commands'?: KindGstRtmpStopCommands
}
interface GstRtmp2Src extends GstPushSrc {
  application?: string
  /** default auto */ authmod?: KindGstRtmpAuthmod
  'flash-version'?: string
  host?: string
  location?: string
  password?: string
  /** 1 … 65535; default 1935 */ port?: number
  /** default rtmp */ scheme?: KindGstRtmpScheme
  'secure-token'?: string
  stream?: string
  /** default 5 */ timeout?: number
  'tls-validation-flags'?: KindGTlsCertificateFlags
  username?: string
  /** default true */ 'async-connect'?: boolean
  /** default 0 */ 'idle-timeout'?: number
}
interface GstRTMPSink extends GstBaseSink {
  location?: string
}
interface GstRTMPSrc extends GstPushSrc {
  location?: string
  /** at least 0; default 120 */ timeout?: number
}
interface GstRTPBaseDepayload extends GstElement {
  /** default false */ 'source-info'?: boolean
  /** at least 0; default 100 */ 'max-reorder'?: number
  /** default true */ 'auto-header-extension'?: boolean
}
interface GstRtpL16Depay extends GstRTPBaseDepayload {
}
interface GstRTPBasePayload extends GstElement {
  /** default 1400 */ mtu?: number
  /** 0 … 127; default 96 */ pt?: number
  /** default 4294967295 */ ssrc?: number
  /** default 4294967295 */ 'timestamp-offset'?: number
  /** -1 … 65535; default -1 */ 'seqnum-offset'?: number
  /** at least -1; default -1 */ 'max-ptime'?: Long
  /** at least 0; default 0 */ 'min-ptime'?: Long
  /** default true */ 'perfect-rtptime'?: boolean
  /** at least 0; default 0 */ 'ptime-multiple'?: Long
  /** default false */ 'source-info'?: boolean
  /** default false */ 'onvif-no-rate-control'?: boolean
  /** default true */ 'scale-rtptime'?: boolean
  /** default true */ 'auto-header-extension'?: boolean
}
interface GstRTPBaseAudioPayload extends GstRTPBasePayload {
  /** default false */ 'buffer-list'?: boolean
}
interface GstRtpL16Pay extends GstRTPBaseAudioPayload {
}
interface GstRtpL24Depay extends GstRTPBaseDepayload {
}
interface GstRtpL24Pay extends GstRTPBaseAudioPayload {
}
interface GstRtpL8Depay extends GstRTPBaseDepayload {
}
interface GstRtpL8Pay extends GstRTPBaseAudioPayload {
}
interface GstRtpAC3Depay extends GstRTPBaseDepayload {
}
interface GstRtpAC3Pay extends GstRTPBasePayload {
}
interface GstRtpAMRDepay extends GstRTPBaseDepayload {
}
interface GstRtpAMRPay extends GstRTPBasePayload {
}
interface GstRtpAsfDepay extends GstRTPBaseDepayload {
}
interface GstRtpAsfPay extends GstRTPBasePayload {
}
interface GstRtpBin extends GstBin, Shared20, Shared21 {
  /** default 200 */ latency?: number
  /** default false */ 'do-lost'?: boolean
  /** default false */ 'ignore-pt'?: boolean
  /** default false */ 'ntp-sync'?: boolean
  /** default always */ 'rtcp-sync'?: KindGstRTCPSync
  /** default 0 */ 'rtcp-sync-interval'?: number
  /** default false */ autoremove?: boolean
  /** default slave */ 'buffer-mode'?: KindRTPJitterBufferMode
  /** default false */ 'do-sync-event'?: boolean
  /** default false */ 'do-retransmission'?: boolean
  /** default avp */ 'rtp-profile'?: KindGstRTPProfile
  /** default ntp */ 'ntp-time-source'?: KindGstRtpNtpTimeSource
  /** default true */ 'rtcp-sync-send-time'?: boolean
  /** default 60000 */ 'max-dropout-time'?: number
  /** default 2000 */ 'max-misorder-time'?: number
  /** default 4294967295 */ 'max-streams'?: number
  /** at least 0; default 3000000000 */ 'max-ts-offset'?: Long
  /** default 4000000 */ 'min-ts-offset'?: Long
  /** default 0 */ 'ts-offset-smoothing-factor'?: number
  'fec-decoders'?: string
  'fec-encoders'?: string
  /** default true */ 'update-ntp64-header-ext'?: boolean
}
interface GstRTPBVDepay extends GstRTPBaseDepayload {
}
interface GstRTPBVPay extends GstRTPBaseAudioPayload {
}
interface GstRtpCELTDepay extends GstRTPBaseDepayload {
}
interface GstRtpCELTPay extends GstRTPBasePayload {
}
interface GstRTPDec extends GstElement {
  /** default 200 */ latency?: number
}
interface GstRtpDTMFDepay extends GstRTPBaseDepayload {
  /** 0 … 1000; default 0 */ 'unit-time'?: number
  /** default 0 */ 'max-duration'?: number
}
interface GstRTPMux extends GstElement {
  /** at least -1; default -1 */ 'timestamp-offset'?: number
  /** at least -1; default -1 */ 'seqnum-offset'?: number
  /** default 4294967295 */ ssrc?: number
}
interface GstRTPDTMFMux extends GstRTPMux {
}
interface GstRTPDTMFSrc extends GstBaseSrc {
  /** default 4294967295 */ ssrc?: number
  /** at least -1; default -1 */ 'timestamp-offset'?: number
  /** at least -1; default -1 */ 'seqnum-offset'?: number
  /** 0 … 128; default 96 */ pt?: number
  /** default 8000 */ 'clock-rate'?: number
  /** 1 … 5; default 1 */ 'packet-redundancy'?: number
}
interface GstRTPDVDepay extends GstRTPBaseDepayload {
}
interface GstRTPDVPay extends GstRTPBasePayload {
  /** default video */ mode?: KindGstDVPayMode
}
interface GstRtpFunnel extends GstElement {
  /** at least -1; default -1 */ 'common-ts-offset'?: number
}
interface GstRtpG722Depay extends GstRTPBaseDepayload {
}
interface GstRtpG722Pay extends GstRTPBaseAudioPayload {
}
interface GstRtpG723Depay extends GstRTPBaseDepayload {
}
interface GstRTPG723Pay extends GstRTPBasePayload {
}
interface GstRtpG726Depay extends GstRTPBaseDepayload {
  /** default true */ 'force-aal2'?: boolean
}
interface GstRtpG726Pay extends GstRTPBaseAudioPayload {
  /** default true */ 'force-aal2'?: boolean
}
interface GstRtpG729Depay extends GstRTPBaseDepayload {
}
interface GstRTPG729Pay extends GstRTPBasePayload {
}
interface GstRTPGSMDepay extends GstRTPBaseDepayload {
}
interface GstRTPGSMPay extends GstRTPBasePayload {
}
interface GstRtpGSTDepay extends GstRTPBaseDepayload {
}
interface GstRtpGSTPay extends GstRTPBasePayload {
  /** 0 … 3600; default 0 */ 'config-interval'?: number
}
interface GstRtpH261Depay extends GstRTPBaseDepayload {
}
interface GstRtpH261Pay extends GstRTPBasePayload {
}
interface GstRtpH263Depay extends GstRTPBaseDepayload {
}
interface GstRtpH263Pay extends GstRTPBasePayload {
  /** default false */ 'modea-only'?: boolean
}
interface GstRtpH263PDepay extends GstRTPBaseDepayload {
}
interface GstRtpH263PPay extends GstRTPBasePayload {
  /** default normal */ 'fragmentation-mode'?: KindGstFragmentationMode
}
interface GstRtpH264Depay extends GstRTPBaseDepayload, Shared22 {
}
interface GstRtpH264Pay extends GstRTPBasePayload {
  /** @deprecated */ 'sprop-parameter-sets'?: string
  /** -1 … 3600; default 0 */ 'config-interval'?: number
  /** default none */ 'aggregate-mode'?: KindGstRtpH264AggregateMode
}
interface GstRtpH265Depay extends GstRTPBaseDepayload {
}
interface GstRtpH265Pay extends GstRTPBasePayload {
  /** -1 … 3600; default 0 */ 'config-interval'?: number
  /** default none */ 'aggregate-mode'?: KindGstRtpH265AggregateMode
}
interface GstRTPHeaderExtension extends GstElement {
}
interface GstRTPHeaderExtensionClientAudioLevel extends GstRTPHeaderExtension {
}
interface GstRTPHeaderExtensionColorspace extends GstRTPHeaderExtension {
}
interface GstRTPHeaderExtensionMid extends GstRTPHeaderExtension {
  mid?: string
}
interface GstRTPHeaderExtensionNtp64 extends GstRTPHeaderExtension {
  /** default 0 */ interval?: Long
  /** default false */ 'every-packet'?: boolean
}
interface GstRTPHeaderExtensionRepairedStreamId extends GstRTPHeaderExtension {
  rid?: string
}
interface GstRTPHeaderExtensionStreamId extends GstRTPHeaderExtension {
  rid?: string
}
interface GstRTPHeaderExtensionTWCC extends GstRTPHeaderExtension {
  /** default 1 */ 'n-streams'?: number
}
interface GstRTPiLBCDepay extends GstRTPBaseDepayload {
  /** default 30ms */ mode?: KindILBCMode
}
interface GstRTPILBCPay extends GstRTPBaseAudioPayload {
}
interface GstRtpIsacDepay extends GstRTPBaseDepayload {
}
interface GstRtpIsacPay extends GstRTPBasePayload {
}
interface GstRtpJ2KDepay extends GstRTPBaseDepayload {
}
interface GstRtpJ2KPay extends GstRTPBasePayload {
}
interface GstRtpJitterBuffer extends GstElement, Shared20 {
  /** default 200 */ latency?: number
  /** default 0 */ 'ts-offset'?: Long
  /** default false */ 'do-lost'?: boolean
  /** default false */ 'post-drop-messages'?: boolean
  /** default 200 */ 'drop-messages-interval'?: number
  /** default slave */ mode?: KindRTPJitterBufferMode
  /** default false */ 'do-retransmission'?: boolean
  /** default true */ 'rtx-next-seqnum'?: boolean
  /** at least -1; default -1 */ 'rtx-delay'?: number
  /** default 0 */ 'rtx-min-delay'?: number
  /** at least -1; default 3 */ 'rtx-delay-reorder'?: number
  /** at least -1; default -1 */ 'rtx-retry-timeout'?: number
  /** at least -1; default -1 */ 'rtx-min-retry-timeout'?: number
  /** at least -1; default -1 */ 'rtx-retry-period'?: number
  /** at least -1; default -1 */ 'rtx-max-retries'?: number
  /** at least -1; default -1 */ 'rtx-deadline'?: number
  /** default 1000 */ 'rtx-stats-timeout'?: number
  /** 0 … 2147483647; default 60000 */ 'max-dropout-time'?: number
  /** default 2000 */ 'max-misorder-time'?: number
  /** default 0 */ 'faststart-min-packets'?: number
  /** default 0 */ 'sync-interval'?: number
}
interface GstRtpJPEGDepay extends GstRTPBaseDepayload {
}
interface GstRtpJPEGPay extends GstRTPBasePayload {
  /** 0 … 255; default 255 */ quality?: number
  /** 0 … 255; default 1 */ type?: number
}
interface GstRtpKlvDepay extends GstRTPBaseDepayload {
}
interface GstRtpKlvPay extends GstRTPBasePayload {
}
interface GstRtpLdacPay extends GstRTPBasePayload {
}
interface GstRtpMP1SDepay extends GstRTPBaseDepayload {
}
interface GstRtpMP2TDepay extends GstRTPBaseDepayload {
  /** default 0 */ 'skip-first-bytes'?: number
}
interface GstRTPMP2TPay extends GstRTPBasePayload {
}
interface GstRtpMP4ADepay extends GstRTPBaseDepayload {
}
interface GstRtpMP4APay extends GstRTPBasePayload {
}
interface GstRtpMP4GDepay extends GstRTPBaseDepayload {
}
interface GstRtpMP4GPay extends GstRTPBasePayload {
}
interface GstRtpMP4VDepay extends GstRTPBaseDepayload {
}
interface GstRtpMP4VPay extends GstRTPBasePayload {
  /** -1 … 3600; default 0 */ 'config-interval'?: number
}
interface GstRtpMPADepay extends GstRTPBaseDepayload {
}
interface GstRtpMPAPay extends GstRTPBasePayload {
}
interface GstRtpMPARobustDepay extends GstRTPBaseDepayload {
}
interface GstRtpMPVDepay extends GstRTPBaseDepayload {
}
interface GstRTPMPVPay extends GstRTPBasePayload {
}
interface GstRtpOnvifParse extends GstElement {
}
interface GstRtpOnvifTimestamp extends GstElement {
  /** default 18446744073709551615 */ 'ntp-offset'?: Long
  /** default 0 */ cseq?: number
  /** default false */ 'set-e-bit'?: boolean
  /** default false */ 'set-t-bit'?: boolean
  /** default true */ 'drop-out-of-segment'?: boolean
  /** default false */ 'use-reference-timestamps'?: boolean
}
interface GstRTPOpusDepay extends GstRTPBaseDepayload {
}
interface GstRtpOPUSPay extends GstRTPBasePayload {
  /** default false */ dtx?: boolean
}
interface GstRtpPcmaDepay extends GstRTPBaseDepayload {
}
interface GstRtpPcmaPay extends GstRTPBaseAudioPayload {
}
interface GstRtpPcmuDepay extends GstRTPBaseDepayload {
}
interface GstRtpPcmuPay extends GstRTPBaseAudioPayload {
}
interface GstRtpPtDemux extends GstElement {
  'ignored-payload-types'?: string
}
interface GstRtpQCELPDepay extends GstRTPBaseDepayload {
}
interface GstRtpQDM2Depay extends GstRTPBaseDepayload {
}
interface GstRtpRedDec extends GstElement {
  /** -1 … 127; default -1 */ pt?: number
  payloads?: string
}
interface GstRtpRedEnc extends GstElement {
  /** 0 … 127; default 0 */ pt?: number
  /** default 0 */ distance?: number
  /** default true */ 'allow-no-red-blocks'?: boolean
}
interface GstRTPRtxQueue extends GstElement {
  /** default 0 */ 'max-size-time'?: number
  /** default 100 */ 'max-size-packets'?: number
}
interface GstRtpRtxReceive extends GstElement {
  'ssrc-map'?: string
  'payload-type-map'?: string
}
interface GstRtpRtxSend extends GstElement {
  'ssrc-map'?: string
  'payload-type-map'?: string
  /** default 0 */ 'max-size-time'?: number
  /** 0 … 32767; default 100 */ 'max-size-packets'?: number
  'clock-rate-map'?: string
}
interface GstRtpSbcDepay extends GstRTPBaseDepayload {
  /** default false */ 'ignore-timestamps'?: boolean
}
interface GstRtpSBCPay extends GstRTPBasePayload {
  /** at least -1; default 0 */ 'min-frames'?: number
}
interface GstRtpSession extends GstElement, Shared21 {
  /** at least 0; default 0 */ bandwidth?: number
  /** at least 0; default 0.05 */ 'rtcp-fraction'?: number
  /** at least -1; default -1 */ 'rtcp-rr-bandwidth'?: number
  /** at least -1; default -1 */ 'rtcp-rs-bandwidth'?: number
  /** default 5000000000 */ 'rtcp-min-interval'?: Long
  /** default 2 */ probation?: number
  /** default 60000 */ 'max-dropout-time'?: number
  /** default 2000 */ 'max-misorder-time'?: number
  /** default avp */ 'rtp-profile'?: KindGstRTPProfile
  /** default ntp */ 'ntp-time-source'?: KindGstRtpNtpTimeSource
  /** default true */ 'rtcp-sync-send-time'?: boolean
  /** default true */ 'update-ntp64-header-ext'?: boolean
}
interface GstRtpSink extends GstBin, Shared17 {
  uri?: string
  address?: string
  /** 2 … 65534; default 5004 */ port?: number
  'multicast-iface'?: string
}
interface GstRTPSirenDepay extends GstRTPBaseDepayload {
}
interface GstRTPSirenPay extends GstRTPBaseAudioPayload {
}
interface GstRtpSPEEXDepay extends GstRTPBaseDepayload {
}
interface GstRtpSPEEXPay extends GstRTPBasePayload {
}
interface GstRtpSrc extends GstBin, Shared17 {
  uri?: string
  address?: string
  /** 2 … 65534; default 5004 */ port?: number
  'encoding-name'?: string
  /** default 200 */ latency?: number
  'multicast-iface'?: string
  caps?: string
}
interface GstRtpSsrcDemux extends GstElement {
  /** default 4294967295 */ 'max-streams'?: number
}
interface GstRTPST_2022_1_FecDec extends GstElement {
  /** default 1000000000 */ 'size-time'?: Long
}
interface GstRTPST_2022_1_FecEnc extends GstElement {
  /** 0 … 255; default 0 */ columns?: number
  /** 0 … 255; default 0 */ rows?: number
  /** 96 … 255; default 96 */ pt?: number
  /** default true */ 'enable-column-fec'?: boolean
  /** default true */ 'enable-row-fec'?: boolean
}
interface GstRtpStorage extends GstElement {
  /** default 0 */ 'size-time'?: Long
}
interface GstRtpStreamDepay extends GstBaseParse {
}
interface GstRtpStreamPay extends GstElement {
}
interface GstRtpSV3VDepay extends GstRTPBaseDepayload {
}
interface GstRtpTheoraDepay extends GstRTPBaseDepayload {
}
interface GstRtpTheoraPay extends GstRTPBasePayload {
  /** 0 … 3600; default 0 */ 'config-interval'?: number
}
interface GstRtpUlpFecDec extends GstElement {
  /** 0 … 127; default 0 */ pt?: number
  /** default false */ passthrough?: boolean
}
interface GstRtpUlpFecEnc extends GstElement {
  /** 0 … 255; default 255 */ pt?: number
  /** default true */ multipacket?: boolean
  /** 0 … 100; default 0 */ percentage?: number
  /** 0 … 100; default 0 */ 'percentage-important'?: number
}
interface GstRtpVorbisDepay extends GstRTPBaseDepayload {
}
interface GstRtpVorbisPay extends GstRTPBasePayload {
  /** 0 … 3600; default 0 */ 'config-interval'?: number
}
interface GstRtpVP8Depay extends GstRTPBaseDepayload, Shared22 {
}
interface GstRtpVP8Pay extends GstRTPBasePayload {
  /** default none */ 'picture-id-mode'?: KindGstVP8RTPPayMode
  /** -1 … 32767; default -1 */ 'picture-id-offset'?: number
}
interface GstRtpVP9Depay extends GstRTPBaseDepayload, Shared22 {
}
interface GstRtpVP9Pay extends GstRTPBasePayload {
  /** default none */ 'picture-id-mode'?: KindGstVP9RTPPayMode
}
interface GstRtpVRawDepay extends GstRTPBaseDepayload {
}
interface GstRtpVRawPay extends GstRTPBasePayload {
  /** at least 1; default 10 */ 'chunks-per-frame'?: number
}
interface GstRtpXQTDepay extends GstRTPBaseDepayload {
}
interface GstRTSPReal extends GstElement {
}
interface GstRTSPSrc extends GstBin, Shared14, Shared20, Shared21 {
  location?: string
  protocols?: KindGstRTSPLowerTrans
  /** default false @deprecated */ debug?: boolean
  /** 0 … 65535; default 20 */ retry?: number
  /** default 5000000 */ timeout?: Long
  /** default 20000000 */ 'tcp-timeout'?: Long
  /** default 2000 */ latency?: number
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  /** default dummy */ 'nat-method'?: KindGstRTSPNatMethod
  /** default true */ 'do-rtcp'?: boolean
  /** default true */ 'do-rtsp-keep-alive'?: boolean
  proxy?: string
  /** 0 … 65536; default 0 */ 'rtp-blocksize'?: number
  /** default auto */ 'buffer-mode'?: KindGstRTSPSrcBufferMode
  'port-range'?: string
  /** at least 0; default 524288 */ 'udp-buffer-size'?: number
  /** default false */ 'short-header'?: boolean
  /** default 2 */ probation?: number
  /** default true */ 'udp-reconnect'?: boolean
  'multicast-iface'?: string
  /** default false */ 'ntp-sync'?: boolean
  'tls-validation-flags'?: KindGTlsCertificateFlags
  /** default true */ 'do-retransmission'?: boolean
  /** default ntp */ 'ntp-time-source'?: KindGstRTSPSrcNtpTimeSource
  'user-agent'?: string
  /** at least 0; default 3000000000 */ 'max-ts-offset'?: Long
  /** default 1-0 */ 'default-rtsp-version'?: KindGstRTSPVersion
  /** default none */ backchannel?: KindGstRTSPBackchannel
  /** default 100000000 */ 'teardown-timeout'?: Long
  /** default false */ 'onvif-mode'?: boolean
  /** default true */ 'onvif-rate-control'?: boolean
  /** default true */ 'is-live'?: boolean
  /** default false */ 'ignore-x-server-reply'?: boolean
}
interface GstRTSPWMS extends GstElement {
}
interface GstSbcDec extends GstAudioDecoder {
}
interface GstSbcEnc extends GstAudioEncoder {
}
interface GstSbcParse extends GstBaseParse {
}
interface GstScaletempo extends GstBaseTransform {
  /** 1 … 5000; default 30 */ stride?: number
  /** 0 … 1; default 0.2 */ overlap?: number
  /** 0 … 500; default 14 */ search?: number
}
interface GstSceneChange extends GstVideoFilter {
}
interface GstSctpDec extends GstElement {
  /** 0 … 65535; default 1 */ 'sctp-association-id'?: number
  /** 0 … 65535; default 0 */ 'local-sctp-port'?: number
}
interface GstSctpEnc extends GstElement {
  /** default 1 */ 'sctp-association-id'?: number
  /** 0 … 65535; default 0 */ 'remote-sctp-port'?: number
  /** default false */ 'use-sock-stream'?: boolean
}
interface GstSDPDemux extends GstBin {
  /** default false */ debug?: boolean
  /** default 10000000 */ timeout?: Long
  /** default 200 */ latency?: number
  /** default true */ redirect?: boolean
}
interface GstSdpSrc extends GstBin {
  location?: string
  sdp?: string
}
interface GstSFDec extends GstElement {
}
interface GstShagadelicTV extends GstVideoFilter {
}
interface GstShapeWipe extends GstElement {
  /** 0 … 1; default 0 */ position?: number
  /** 0 … 1; default 0 */ border?: number
}
interface GstShmSink extends GstBaseSink {
  'socket-path'?: string
  /** 0 … 4095; default 416 */ perms?: number
  /** default 67108864 */ 'shm-size'?: number
  /** default true */ 'wait-for-connection'?: boolean
  /** at least -1; default -1 */ 'buffer-time'?: Long
}
interface GstShmSrc extends GstPushSrc {
  'socket-path'?: string
  /** default false */ 'is-live'?: boolean
}
interface GstShout2send extends GstBaseSink {
  ip?: string
  /** 1 … 65535; default 8000 */ port?: number
  password?: string
  username?: string
  /** default false */ public?: boolean
  streamname?: string
  description?: string
  genre?: string
  /** default http */ protocol?: KindGstShout2SendProtocol
  mount?: string
  url?: string
  /** default 10000 */ timeout?: number
  /** default true */ 'send-title-info'?: boolean
  'user-agent'?: string
}
interface GstSidDec extends GstElement {
  /** 0 … 100; default 0 */ tune?: number
  /** default pal */ clock?: KindGstSidClock
  /** default bank-switching */ memory?: KindGstSidMemory
  /** default true */ filter?: boolean
  /** default true */ 'measured-volume'?: boolean
  /** default false */ mos8580?: boolean
  /** default false */ 'force-speed'?: boolean
  /** default 4096 */ blocksize?: number
}
interface GstSimpleVideoMark extends GstVideoFilter {
  /** at least 1; default 4 */ 'pattern-width'?: number
  /** at least 1; default 16 */ 'pattern-height'?: number
  /** at least 0; default 4 */ 'pattern-count'?: number
  /** 0 … 64; default 5 */ 'pattern-data-count'?: number
  /** default 10 */ 'pattern-data'?: Long
  /** default true */ enabled?: boolean
  /** at least 0; default 0 */ 'left-offset'?: number
  /** at least 0; default 0 */ 'bottom-offset'?: number
}
interface GstSimpleVideoMarkDetect extends GstVideoFilter {
  /** default true */ message?: boolean
  /** at least 1; default 4 */ 'pattern-width'?: number
  /** at least 1; default 16 */ 'pattern-height'?: number
  /** at least 0; default 4 */ 'pattern-count'?: number
  /** at least 0; default 5 */ 'pattern-data-count'?: number
  /** 0 … 1; default 0.5 */ 'pattern-center'?: number
  /** 0 … 1; default 0.3 */ 'pattern-sensitivity'?: number
  /** at least 0; default 0 */ 'left-offset'?: number
  /** at least 0; default 0 */ 'bottom-offset'?: number
}
interface GstSirenDec extends GstAudioDecoder {
}
interface GstSirenEnc extends GstAudioEncoder {
}
interface GstSmooth extends GstVideoFilter {
  /** default true */ active?: boolean
  /** default 0 */ tolerance?: number
  /** default 0 */ 'filter-size'?: number
  /** default true */ 'luma-only'?: boolean
}
interface GstSMPTE extends GstElement {
  /** default bar-wipe-lr */ type?: KindGstSMPTETransitionType
  /** at least 0; default 0 */ border?: number
  /** 1 … 24; default 16 */ depth?: number
  /** default 1000000000 */ duration?: Long
  /** default false */ invert?: boolean
}
interface GstSMPTEAlpha extends GstVideoFilter {
  /** default bar-wipe-lr */ type?: KindGstSMPTEAlphaTransitionType
  /** at least 0; default 0 */ border?: number
  /** 1 … 24; default 16 */ depth?: number
  /** 0 … 1; default 0 */ position?: number
  /** default false */ invert?: boolean
}
interface GstSocketSrc extends GstPushSrc {
  caps?: string
  /** default false */ 'send-messages'?: boolean
}
interface GstSolarize extends GstVideoFilter {
  /** 0 … 256; default 127 */ threshold?: number
  /** 0 … 256; default 50 */ start?: number
  /** 0 … 256; default 185 */ end?: number
}
interface GstSoupHttpClientSink extends GstBaseSink, Shared14 {
  location?: string
  'user-agent'?: string
  /** default true */ 'automatic-redirect'?: boolean
  proxy?: string
  /** default none */ 'http-log-level'?: KindSoupLoggerLogLevel
  /** at least 1; default 5 */ 'retry-delay'?: number
  /** at least -1; default 0 */ retries?: number
}
interface GstSoupHTTPSrc extends GstPushSrc, Shared14 {
  location?: string
  /** default false */ 'is-live'?: boolean
  'user-agent'?: string
  /** default true */ 'automatic-redirect'?: boolean
  proxy?: string
  /** default true */ 'iradio-mode'?: boolean
  /** 0 … 3600; default 15 */ timeout?: number
  'extra-headers'?: string
  /** default headers */ 'http-log-level'?: KindSoupLoggerLogLevel
  /** default false */ compress?: boolean
  /** default true */ 'keep-alive'?: boolean
  /** default true */ 'ssl-strict'?: boolean
  'ssl-ca-file'?: string
  /** default true */ 'ssl-use-system-ca-file'?: boolean
  /** at least -1; default 3 */ retries?: number
  method?: string
}
interface GstSpaceScope extends GstAudioVisualizer {
  /** default dots */ style?: KindGstSpaceScopeStyle
}
interface GstSpanPlc extends GstElement {
}
interface GstSpectraScope extends GstAudioVisualizer {
}
interface GstSpectrum extends GstAudioFilter {
  /** default true */ 'post-messages'?: boolean
  /** default true */ 'message-magnitude'?: boolean
  /** default false */ 'message-phase'?: boolean
  /** default 100000000 */ interval?: Long
  /** 2 … 1073741824; default 128 */ bands?: number
  /** at most 0; default -60 */ threshold?: number
  /** default false */ 'multi-channel'?: boolean
}
interface GstSpeed extends GstElement {
  /** 0.1 … 40; default 1 */ speed?: number
}
interface GstSpeexDec extends GstAudioDecoder {
  /** default true */ enh?: boolean
}
interface GstSpeexEnc extends GstAudioEncoder {
  /** 0 … 10; default 8 */ quality?: number
  /** at least 0; default 0 */ bitrate?: number
  /** default auto */ mode?: KindGstSpeexEncMode
  /** default false */ vbr?: boolean
  /** at least 0; default 0 */ abr?: number
  /** default false */ vad?: boolean
  /** default false */ dtx?: boolean
  /** at least 0; default 3 */ complexity?: number
  /** at least 0; default 1 */ nframes?: number
}
interface GstSphere extends GstCircleGeometricTransform {
  /** default 1.5 */ refraction?: number
}
interface GstSplitFileSrc extends GstBaseSrc {
  location?: string
}
interface GstSplitMuxSink extends GstBin {
  location?: string
  /** at least 0; default 0 */ 'start-index'?: number
  /** default 0 */ 'max-size-time'?: Long
  /** default 0 */ 'max-size-bytes'?: Long
  'max-size-timecode'?: string
  /** default false */ 'send-keyframe-requests'?: boolean
  /** default 0 */ 'max-files'?: number
  /** 0 … 1; default 0.02 */ 'mux-overhead'?: number
  /** default false */ 'use-robust-muxing'?: boolean
  /** default 0 */ 'alignment-threshold'?: Long
  /** default true */ 'reset-muxer'?: boolean
  /** default false */ 'async-finalize'?: boolean
  'muxer-factory'?: string
  'muxer-preset'?: string
  'muxer-properties'?: string
  'sink-factory'?: string
  'sink-preset'?: string
  'sink-properties'?: string
  'muxer-pad-map'?: string
}
interface GstSplitMuxSrc extends GstBin {
  location?: string
}
interface GstSquare extends GstGeometricTransform {
  /** 0 … 1; default 0.5 */ width?: number
  /** 0 … 1; default 0.5 */ height?: number
  /** 1 … 100; default 2 */ zoom?: number
}
interface GstSRTSink extends GstBaseSink {
  uri?: string
  /** default caller */ mode?: KindGstSRTConnectionMode
  localaddress?: string
  /** 0 … 65535; default 7001 */ localport?: number
  passphrase?: string
  /** default no-key */ pbkeylen?: KindGstSRTKeyLength
  /** at least -1; default -1 */ 'poll-timeout'?: number
  /** at least 0; default 125 */ latency?: number
  /** default true */ 'wait-for-connection'?: boolean
  streamid?: string
  /** default false */ authentication?: boolean
  /** default true */ 'auto-reconnect'?: boolean
}
interface GstSRTClientSink extends GstSRTSink {
}
interface GstSRTSrc extends GstPushSrc {
  uri?: string
  /** default caller */ mode?: KindGstSRTConnectionMode
  localaddress?: string
  /** 0 … 65535; default 7001 */ localport?: number
  passphrase?: string
  /** default no-key */ pbkeylen?: KindGstSRTKeyLength
  /** at least -1; default -1 */ 'poll-timeout'?: number
  /** at least 0; default 125 */ latency?: number
  /** default true */ 'wait-for-connection'?: boolean
  streamid?: string
  /** default false */ authentication?: boolean
  /** default true */ 'auto-reconnect'?: boolean
  /** default false */ 'keep-listening'?: boolean
}
interface GstSRTClientSrc extends GstSRTSrc {
}
interface GstSrtEnc extends GstElement {
  /** default 0 */ timestamp?: Long
  /** default 0 */ duration?: Long
}
interface GstSrtpDec extends GstElement {
  /** 64 … 32768; default 128 */ 'replay-window-size'?: number
}
interface GstSrtpEnc extends GstElement {
  /** default aes-128-icm */ 'rtp-cipher'?: KindGstSrtpCipherType
  /** default hmac-sha1-80 */ 'rtp-auth'?: KindGstSrtpAuthType
  /** default aes-128-icm */ 'rtcp-cipher'?: KindGstSrtpCipherType
  /** default hmac-sha1-80 */ 'rtcp-auth'?: KindGstSrtpAuthType
  /** default false */ 'random-key'?: boolean
  /** 64 … 32768; default 128 */ 'replay-window-size'?: number
  /** default false */ 'allow-repeat-tx'?: boolean
}
interface GstSRTServerSink extends GstSRTSink {
}
interface GstSRTServerSrc extends GstSRTSrc {
}
interface GstSsaParse extends GstElement {
}
interface GstStereo extends GstAudioFilter {
  /** default true */ active?: boolean
  /** 0 … 1; default 0.1 */ stereo?: number
}
interface GstStreakTV extends GstVideoFilter {
  /** default false */ feedback?: boolean
}
interface GstStreamidDemux extends GstElement {
}
interface GstStreamSynchronizer extends GstElement {
}
interface GstStretch extends GstCircleGeometricTransform {
  /** 0 … 1; default 0.5 */ intensity?: number
}
interface GstSubParse extends GstElement {
  'subtitle-encoding'?: string
  /** default 24000/1001 */ 'video-fps'?: Fraction
}
interface GstSubtitleOverlay extends GstBin {
  /** default false */ silent?: boolean
  'font-desc'?: string
  'subtitle-encoding'?: string
  /** default 0 */ 'subtitle-ts-offset'?: Long
}
interface GstSwitchBin extends GstBin {
  /** 0 … 4294967294; default 0 */ 'num-paths'?: number
}
interface GstSynaeScope extends GstAudioVisualizer {
}
interface GstTagInject extends GstBaseTransform {
  tags?: string
}
interface GstTCPClientSink extends GstBaseSink {
  host?: string
  /** 0 … 65535; default 4953 */ port?: number
}
interface GstTCPClientSrc extends GstPushSrc {
  host?: string
  /** 0 … 65535; default 4953 */ port?: number
  /** default 0 */ timeout?: number
}
interface GstTCPServerSink extends GstMultiSocketSink {
  host?: string
  /** 0 … 65535; default 4953 */ port?: number
}
interface GstTCPServerSrc extends GstPushSrc {
  host?: string
  /** 0 … 65535; default 4953 */ port?: number
}
interface GstTee extends GstElement {
  /** default true */ 'has-chain'?: boolean
  /** default true */ silent?: boolean
  /** default never */ 'pull-mode'?: KindGstTeePullMode
  /** default false */ 'allow-not-linked'?: boolean
}
interface GstTeletextDec extends GstElement {
  /** 100 … 999; default 100 */ page?: number
  /** -1 … 153; default -1 */ subpage?: number
  /** default false */ 'subtitles-mode'?: boolean
  'subtitles-template'?: string
  'font-description'?: string
}
interface GstTest extends GstBaseSink {
  /** at least -1; default -1 */ 'expected-length'?: Long
  /** at least -1; default -1 */ 'expected-buffer-count'?: Long
  /** at least -1; default -1 */ 'allowed-timestamp-deviation'?: Long
  'expected-md5'?: string
}
interface GstTestSrcBin extends GstBin {
  'stream-types'?: string
  /** default false */ 'expose-sources-async'?: boolean
}
interface GstTextOverlay extends GstBaseTextOverlay {
}
interface GstTextRender extends GstElement {
  /** default center */ halignment?: KindGstTextRenderHAlign
  /** default baseline */ valignment?: KindGstTextRenderVAlign
  /** default center */ 'line-alignment'?: KindGstTextRenderLineAlign
  /** at least 0; default 25 */ xpad?: number
  /** at least 0; default 25 */ ypad?: number
  'font-desc'?: string
}
interface GstTheoraDec extends GstVideoDecoder {
  /** 0 … 65535; default 0 */ 'visualize-motion-vectors'?: number
  /** 0 … 65535; default 0 */ 'visualize-macroblock-modes'?: number
  /** 0 … 65535; default 0 */ 'visualize-quantization-modes'?: number
  /** 0 … 255; default 0 */ 'visualize-bit-usage'?: number
}
interface GstTheoraEnc extends GstVideoEncoder {
  /** 0 … 16777215; default 0 */ bitrate?: number
  /** 0 … 63; default 48 */ quality?: number
  /** default true */ 'keyframe-auto'?: boolean
  /** 1 … 32768; default 64 */ 'keyframe-freq'?: number
  /** 1 … 32768; default 64 */ 'keyframe-force'?: number
  /** 0 … 3; default 1 */ 'speed-level'?: number
  /** default false */ 'vp3-compatible'?: boolean
  /** default true */ 'drop-frames'?: boolean
  /** default true */ 'cap-overflow'?: boolean
  /** default false */ 'cap-underflow'?: boolean
  /** 0 … 1000; default 0 */ 'rate-buffer'?: number
  'multipass-cache-file'?: string
  /** default single-pass */ 'multipass-mode'?: KindGstTheoraEncMultipassMode
}
interface GstTheoraParse extends GstElement {
}
interface GstTimeCodeStamper extends GstBaseTransform {
  /** default internal */ source?: KindGstTimeCodeStamperSource
  /** default keep */ set?: KindGstTimeCodeStamperSet
  /** default true */ 'auto-resync'?: boolean
  /** default 18446744073709551615 */ timeout?: Long
  /** default false */ 'drop-frame'?: boolean
  /** default false */ 'post-messages'?: boolean
  /** default true */ 'ltc-auto-resync'?: boolean
  /** default 150000000 */ 'ltc-extra-latency'?: Long
  /** default 18446744073709551615 */ 'ltc-timeout'?: Long
  /** default 250000000 */ 'rtc-max-drift'?: Long
  /** default true */ 'rtc-auto-resync'?: boolean
  /** default 0 */ 'timecode-offset'?: number
}
interface GstTimeOverlay extends GstBaseTextOverlay {
  /** default buffer-time */ 'time-mode'?: KindGstTimeOverlayTimeLine
  /** default false */ 'show-times-as-dates'?: boolean
  'datetime-format'?: string
  'reference-timestamp-caps'?: string
}
interface GstToneGenerateSrc extends GstPushSrc {
  /** at least 1; default 1024 */ samplesperbuffer?: number
  /** 0 … 20000; default 0 */ freq?: number
  /** -50 … 0; default 0 */ volume?: number
  /** 0 … 20000; default 0 */ freq2?: number
  /** -50 … 0; default 0 */ volume2?: number
  /** at least 1; default 1000 */ 'on-time'?: number
  /** at least 0; default 1000 */ 'off-time'?: number
  /** at least 1; default 1000 */ 'on-time2'?: number
  /** at least 0; default 1000 */ 'off-time2'?: number
  /** default false */ repeat?: boolean
}
interface GstTranscodeBin extends GstBin {
  /** default false */ 'avoid-reencoding'?: boolean
}
interface MpegTSBase extends GstElement {
  /** default false */ 'parse-private-sections'?: boolean
  /** default false */ 'ignore-pcr'?: boolean
}
interface GstTSDemux extends MpegTSBase {
  /** at least -1; default -1 */ 'program-number'?: number
  /** default false */ 'emit-stats'?: boolean
  /** at least -1; default 700 */ latency?: number
  /** default false */ 'send-scte35-events'?: boolean
}
interface MpegTSParse2 extends MpegTSBase {
  /** default false */ 'set-timestamps'?: boolean
  /** default 0 */ 'smoothing-latency'?: number
  /** at least -1; default -1 */ 'pcr-pid'?: number
  /** default 0 */ alignment?: number
  /** default false */ 'split-on-rai'?: boolean
}
interface GstTtmlParse extends GstElement {
}
interface GstTtmlRender extends GstElement {
}
interface GstTunnel extends GstCircleGeometricTransform {
}
interface GstTwirl extends GstCircleGeometricTransform {
  /** default 3.14159 */ angle?: number
}
interface GstTwoLame extends GstAudioEncoder {
  /** default joint */ mode?: KindGstTwoLameMode
  /** -1 … 4; default 3 */ psymodel?: number
  /** 8 … 384; default 192 */ bitrate?: number
  /** default never */ padding?: KindGstTwoLamePadding
  /** default false */ 'energy-level-extension'?: boolean
  /** default none */ emphasis?: KindGstTwoLameEmphasis
  /** default false */ 'error-protection'?: boolean
  /** default false */ copyright?: boolean
  /** default true */ original?: boolean
  /** default false */ vbr?: boolean
  /** -10 … 10; default 5 */ 'vbr-level'?: number
  /** default 0 */ 'ath-level'?: number
  /** 0 … 384; default 0 */ 'vbr-max-bitrate'?: number
  /** default false */ 'quick-mode'?: boolean
  /** at least 0; default 10 */ 'quick-mode-count'?: number
}
interface GstTypeFindElement extends GstElement {
  /** 1 … 100; default 1 */ minimum?: number
  'force-caps'?: string
}
interface GstUDPSink extends GstMultiUDPSink {
  host?: string
  /** 0 … 65535; default 5004 */ port?: number
}
interface GstUDPSrc extends GstPushSrc {
  /** 0 … 65535; default 5004 */ port?: number
  /** @deprecated */ 'multicast-group'?: string
  'multicast-iface'?: string
  uri?: string
  caps?: string
  /** at least 0; default 0 */ 'buffer-size'?: number
  /** default 0 */ timeout?: Long
  /** at least 0; default 0 */ 'skip-first-bytes'?: number
  /** default true */ 'close-socket'?: boolean
  /** default true */ 'auto-multicast'?: boolean
  /** default true */ reuse?: boolean
  address?: string
  /** default true */ loop?: boolean
  /** default true */ 'retrieve-sender-address'?: boolean
  /** 0 … 2147483647; default 1492 */ mtu?: number
  /** default realtime */ 'socket-timestamp'?: KindGstSocketTimestampMode
}
interface GstUnalignedAudioParse extends GstBin {
}
interface GstUnalignedVideoParse extends GstBin {
}
interface GstURIDecodeBin extends GstBin, Shared19 {
  uri?: string
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  caps?: string
  'subtitle-encoding'?: string
  /** default false */ download?: boolean
  /** default false */ 'use-buffering'?: boolean
  /** default false */ 'force-sw-decoders'?: boolean
  /** default true */ 'expose-all-streams'?: boolean
  /** default false */ 'post-stream-topology'?: boolean
}
interface GstURIDecodeBin3 extends GstBin, Shared19 {
  uri?: string
  suburi?: string
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  /** default false */ download?: boolean
  /** default false */ 'use-buffering'?: boolean
  caps?: string
  /** default false */ 'instant-uri'?: boolean
}
interface GstURISourceBin extends GstBin, Shared19 {
  uri?: string
  /** 0 … 18446744073709551; default 0 */ 'connection-speed'?: Long
  /** default false */ download?: boolean
  /** default true */ 'use-buffering'?: boolean
  /** 0 … 1; default 0.01 */ 'low-watermark'?: number
  /** 0 … 1; default 0.6 */ 'high-watermark'?: number
  /** default false */ 'parse-streams'?: boolean
}
interface GstUriTranscodeBin extends GstPipeline {
  'source-uri'?: string
  'dest-uri'?: string
  /** default false */ 'avoid-reencoding'?: boolean
  /** 0 … 100; default 100 */ 'cpu-usage'?: number
}
interface GstUvcH264MjpgDemux extends GstElement {
  /** at least -1; default -1 */ 'device-fd'?: number
  /** at least 0; default 32 */ 'num-clock-samples'?: number
}
interface GstBaseCameraSrc extends GstBin {
  /** default mode-image */ mode?: KindGstCameraBin2Mode
  /** at least 1; default 1 */ zoom?: number
  /** default true */ 'post-previews'?: boolean
  'preview-caps'?: string
  /** default false */ 'auto-start'?: boolean
}
interface GstUvcH264Src extends GstBaseCameraSrc {
  'colorspace-name'?: string
  'jpeg-decoder-name'?: string
  /** at least 0; default 0 */ 'num-clock-samples'?: number
  /** at least -1; default -1 */ 'num-buffers'?: number
  device?: string
  /** default 3000000 */ 'initial-bitrate'?: number
  /** 0 … 65535; default 4 */ 'slice-units'?: number
  /** default slice/frame */ 'slice-mode'?: KindUvcH264SliceMode
  /** 0 … 65535; default 10000 */ 'iframe-period'?: number
  /** default realtime */ 'usage-type'?: KindUvcH264UsageType
  /** default cavlc */ entropy?: KindUvcH264Entropy
  /** default false */ 'enable-sei'?: boolean
  /** 0 … 255; default 0 */ 'num-reorder-frames'?: number
  /** default false */ 'preview-flipped'?: boolean
  /** 0 … 65535; default 1000 */ 'leaky-bucket-size'?: number
  /** default cbr */ 'rate-control'?: KindUvcH264RateControl
  /** default false */ 'fixed-framerate'?: boolean
  /** 0 … 255; default 40 */ 'level-idc'?: number
  /** default 3000000 */ 'peak-bitrate'?: number
  /** default 3000000 */ 'average-bitrate'?: number
  /** -127 … 127; default 10 */ 'min-iframe-qp'?: number
  /** -127 … 127; default 46 */ 'max-iframe-qp'?: number
  /** -127 … 127; default 10 */ 'min-pframe-qp'?: number
  /** -127 … 127; default 46 */ 'max-pframe-qp'?: number
  /** -127 … 127; default 10 */ 'min-bframe-qp'?: number
  /** -127 … 127; default 46 */ 'max-bframe-qp'?: number
  /** 0 … 255; default 0 */ 'ltr-buffer-size'?: number
  /** 0 … 255; default 0 */ 'ltr-encoder-control'?: number
}
interface GstV4l2Radio extends GstElement {
  device?: string
  /** 87500000 … 108000000; default 100000000 */ frequency?: number
}
interface GstV4l2Sink extends GstVideoSink, Shared2 {
  device?: string
  /** default 0 */ saturation?: number
  /** default 0 */ hue?: number
  /** default none */ norm?: KindV4L2TVNorms
  /** default auto */ 'io-mode'?: KindGstV4l2IOMode
  'extra-controls'?: string
  'pixel-aspect-ratio'?: string
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default 0 */ 'overlay-top'?: number
  /** default 0 */ 'overlay-left'?: number
  /** default 0 */ 'overlay-width'?: number
  /** default 0 */ 'overlay-height'?: number
  /** default 0 */ 'crop-top'?: number
  /** default 0 */ 'crop-left'?: number
  /** default 0 */ 'crop-width'?: number
  /** default 0 */ 'crop-height'?: number
}
interface GstV4l2Src extends GstPushSrc, Shared2 {
  device?: string
  /** default 0 */ saturation?: number
  /** default 0 */ hue?: number
  /** default none */ norm?: KindV4L2TVNorms
  /** default auto */ 'io-mode'?: KindGstV4l2IOMode
  'extra-controls'?: string
  'pixel-aspect-ratio'?: string
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default 0 */ 'crop-top'?: number
  /** default 0 */ 'crop-left'?: number
  /** default 0 */ 'crop-bottom'?: number
  /** default 0 */ 'crop-right'?: number
}
interface GstValve extends GstElement {
  /** default false */ drop?: boolean
  /** default drop-all */ 'drop-mode'?: KindGstValveDropMode
}
interface GstVC1Parse extends GstBaseParse {
}
interface GstVertigoTV extends GstVideoFilter {
  /** 0.01 … 100; default 0.02 */ speed?: number
  /** 1.01 … 1.1; default 1.01 */ 'zoom-speed'?: number
}
interface GstVideoAnalyse extends GstVideoFilter {
  /** default true */ message?: boolean
}
interface GstVideoBalance extends GstVideoFilter {
  /** 0 … 2; default 1 */ contrast?: number
  /** -1 … 1; default 0 */ brightness?: number
  /** -1 … 1; default 0 */ hue?: number
  /** 0 … 2; default 1 */ saturation?: number
}
interface GstVideoBox extends GstVideoFilter {
  /** default 0 */ left?: number
  /** default 0 */ right?: number
  /** default 0 */ top?: number
  /** default 0 */ bottom?: number
  /** default black */ fill?: KindGstVideoBoxFill
  /** 0 … 1; default 1 */ alpha?: number
  /** 0 … 1; default 1 */ 'border-alpha'?: number
  /** default false */ autocrop?: boolean
}
interface GstVideoCodecTestSink extends GstBaseSink {
  location?: string
}
interface GstVideoConvertScale extends GstVideoFilter {
  /** default bilinear */ method?: KindGstVideoScaleMethod
  /** default true */ 'add-borders'?: boolean
  /** 0.5 … 1.5; default 1 */ sharpness?: number
  /** 0 … 1; default 0 */ sharpen?: number
  /** default bayer */ dither?: KindGstVideoDitherMethod
  /** 1 … 5; default 2 */ envelope?: number
  /** default 1 */ 'n-threads'?: number
  /** default 1 */ 'dither-quantization'?: number
  /** default linear */ 'chroma-resampler'?: KindGstVideoResamplerMethod
  /** default copy */ 'alpha-mode'?: KindGstVideoAlphaMode
  /** 0 … 1; default 1 */ 'alpha-value'?: number
  /** default full */ 'chroma-mode'?: KindGstVideoChromaMode
  /** default full */ 'matrix-mode'?: KindGstVideoMatrixMode
  /** default none */ 'gamma-mode'?: KindGstVideoGammaMode
  /** default none */ 'primaries-mode'?: KindGstVideoPrimariesMode
}
interface GstVideoConvert extends GstVideoConvertScale {
}
interface GstVideoCrop extends GstVideoFilter {
  /** at least -1; default 0 */ left?: number
  /** at least -1; default 0 */ right?: number
  /** at least -1; default 0 */ top?: number
  /** at least -1; default 0 */ bottom?: number
}
interface GstVideoDiff extends GstVideoFilter {
}
interface GstVideoFlip extends GstVideoFilter {
  /** default identity */ 'video-direction'?: KindGstVideoOrientationMethod
  /** default none */ method?: KindGstVideoFlipMethod
}
interface GstVideoFrameAudioLevel extends GstElement {
}
interface GstVideoMedian extends GstVideoFilter {
  /** default 5 */ filtersize?: KindGstVideoMedianSize
  /** default true */ 'lum-only'?: boolean
}
interface GstVideoMixer2 extends GstElement {
  /** default checker */ background?: KindGstVideoMixer2Background
}
interface GstVideoParse extends GstBin {
  /** default i420 */ format?: KindGstVideoFormat
  /** at least 0; default 320 */ width?: number
  /** at least 0; default 240 */ height?: number
  /** default 1/1 */ 'pixel-aspect-ratio'?: Fraction
  /** default 25/1 */ framerate?: Fraction
  /** default false */ interlaced?: boolean
  /** default true */ 'top-field-first'?: boolean
  strides?: string
  offsets?: string
  /** default 0 */ framesize?: number
}
interface GstVideoRate extends GstBaseTransform {
  /** default true */ silent?: boolean
  /** 0 … 1; default 1 */ 'new-pref'?: number
  /** default false */ 'skip-to-first'?: boolean
  /** default false */ 'drop-only'?: boolean
  /** 0 … 9223372036854775807; default 0 */ 'average-period'?: Long
  /** at least 1; default 2147483647 */ 'max-rate'?: number
  /** at least 0; default 1 */ rate?: number
  /** default 0 */ 'max-duplication-time'?: Long
  /** default 1000000000 */ 'max-closing-segment-duplication-duration'?: Long
}
interface GstVideoScale extends GstVideoConvertScale {
  /** default false */ 'gamma-decode'?: boolean
}
interface GstVideoSegmentClip extends GstSegmentClip {
}
interface GstVideoTestSrc extends GstPushSrc {
  /** default smpte */ pattern?: KindGstVideoTestSrcPattern
  /** at least 0; default 0 */ 'timestamp-offset'?: Long
  /** default false */ 'is-live'?: boolean
  /** default 0 */ k0?: number
  /** default 0 */ kx?: number
  /** default 0 */ ky?: number
  /** default 0 */ kt?: number
  /** default 0 */ kxt?: number
  /** default 0 */ kyt?: number
  /** default 0 */ kxy?: number
  /** default 0 */ kx2?: number
  /** default 0 */ ky2?: number
  /** default 0 */ kt2?: number
  /** default 0 */ xoffset?: number
  /** default 0 */ yoffset?: number
  /** default 4294967295 */ 'foreground-color'?: number
  /** default 4278190080 */ 'background-color'?: number
  /** default 0 */ 'horizontal-speed'?: number
  /** default frames */ 'animation-mode'?: KindGstVideoTestSrcAnimationMode
  /** default wavy */ motion?: KindGstVideoTestSrcMotionType
  /** default false */ flip?: boolean
}
interface GstViewfinderBin extends GstBin {
  /** default false */ 'disable-converters'?: boolean
}
interface GstVMncDec extends GstVideoDecoder {
}
interface GstVoAacEnc extends GstAudioEncoder {
  /** 0 … 320000; default 128000 */ bitrate?: number
}
interface GstVoAmrWbEnc extends GstAudioEncoder {
  /** default MR660 */ 'band-mode'?: KindGstVoAmrWbEncBandMode
}
interface GstVolume extends GstAudioFilter {
  /** default false */ mute?: boolean
  /** 0 … 10; default 1 */ volume?: number
}
interface GstVorbisDec extends GstAudioDecoder {
}
interface GstVorbisEnc extends GstAudioEncoder {
  /** -1 … 250001; default -1 */ 'max-bitrate'?: number
  /** -1 … 250001; default -1 */ bitrate?: number
  /** -1 … 250001; default -1 */ 'min-bitrate'?: number
  /** -0.1 … 1; default 0.3 */ quality?: number
  /** default false */ managed?: boolean
}
interface GstVorbisParse extends GstElement {
}
interface GstVorbisTag extends GstVorbisParse {
}
interface GstAlphaDecodeBin extends GstBin {
}
interface GstVp8AlphaDecodeBin extends GstAlphaDecodeBin {
}
interface GstVPXDec extends GstVideoDecoder {
  /** default false */ 'post-processing'?: boolean
  'post-processing-flags'?: KindGstVPXDecPostProcessingFlags
  /** 0 … 16; default 4 */ 'deblocking-level'?: number
  /** 0 … 16; default 0 */ 'noise-level'?: number
  /** 0 … 16; default 0 */ threads?: number
}
interface GstVP8Dec extends GstVPXDec {
}
interface GstVPXEnc extends GstVideoEncoder {
  /** default vbr */ 'end-usage'?: KindGstVPXEncEndUsage
  /** at least 0; default 0 */ 'target-bitrate'?: number
  /** 0 … 63; default 4 */ 'min-quantizer'?: number
  /** 0 … 63; default 63 */ 'max-quantizer'?: number
  /** 0 … 100; default 0 */ 'dropframe-threshold'?: number
  /** default false */ 'resize-allowed'?: boolean
  /** 0 … 100; default 30 */ 'resize-up-threshold'?: number
  /** 0 … 100; default 60 */ 'resize-down-threshold'?: number
  /** 0 … 1000; default 100 */ undershoot?: number
  /** 0 … 1000; default 100 */ overshoot?: number
  /** at least 0; default 6000 */ 'buffer-size'?: number
  /** at least 0; default 4000 */ 'buffer-initial-size'?: number
  /** at least 0; default 5000 */ 'buffer-optimal-size'?: number
  /** 0 … 100; default 50 */ 'twopass-vbr-bias'?: number
  /** at least 0; default 0 */ 'twopass-vbr-minsection'?: number
  /** at least 0; default 0 */ 'twopass-vbr-maxsection'?: number
  /** default auto */ 'keyframe-mode'?: KindGstVPXEncKfMode
  /** at least 0; default 128 */ 'keyframe-max-dist'?: number
  /** 1 … 5; default 1 */ 'temporal-scalability-number-layers'?: number
  /** 0 … 16; default 0 */ 'temporal-scalability-periodicity'?: number
  'temporal-scalability-layer-flags'?: string
  'temporal-scalability-layer-sync-flags'?: string
  /** default one-pass */ 'multipass-mode'?: KindGstVPXEncMultipassMode
  'multipass-cache-file'?: string
  'error-resilient'?: KindGstVPXEncErFlags
  /** 0 … 25; default 0 */ 'lag-in-frames'?: number
  /** 0 … 64; default 0 */ threads?: number
  /** at least 0; default 1000000 */ deadline?: Long
  /** default normal */ 'horizontal-scaling-mode'?: KindGstVPXEncScalingMode
  /** default normal */ 'vertical-scaling-mode'?: KindGstVPXEncScalingMode
  /** -16 … 16; default 0 */ 'cpu-used'?: number
  /** default false */ 'auto-alt-ref'?: boolean
  /** 0 … 6; default 0 */ 'noise-sensitivity'?: number
  /** 0 … 7; default 0 */ sharpness?: number
  /** at least 0; default 1 */ 'static-threshold'?: number
  /** default 1 */ 'token-partitions'?: KindGstVPXEncTokenPartitions
  /** 0 … 15; default 0 */ 'arnr-maxframes'?: number
  /** 0 … 6; default 3 */ 'arnr-strength'?: number
  /** 1 … 3; default 3 @deprecated */ 'arnr-type'?: number
  /** default psnr */ tuning?: KindGstVPXEncTuning
  /** 0 … 63; default 10 */ 'cq-level'?: number
  /** at least 0; default 0 */ 'max-intra-bitrate'?: number
  /** default 0/1 */ timebase?: Fraction
  /** at least 0; default 0.0434 */ 'bits-per-pixel'?: number
}
interface GstVP8Enc extends GstVPXEnc {
}
interface GstVp9AlphaDecodeBin extends GstAlphaDecodeBin {
}
interface GstVP9Dec extends GstVPXDec {
}
interface GstVP9Enc extends GstVPXEnc {
  /** 0 … 6; default 6 */ 'tile-columns'?: number
  /** 0 … 2; default 0 */ 'tile-rows'?: number
  /** default false */ 'row-mt'?: boolean
  /** default off */ 'aq-mode'?: KindGstVPXAQ
  /** default true */ 'frame-parallel-decoding'?: boolean
}
interface GstVp9Parse extends GstBaseParse {
}
interface GstWarpTV extends GstVideoFilter {
}
interface GstWatchdog extends GstBaseTransform {
  /** at least 0; default 1000 */ timeout?: number
}
interface GstWaterRipple extends GstCircleGeometricTransform {
  /** default 10 */ amplitude?: number
  /** default 0 */ phase?: number
  /** default 16 */ wavelength?: number
}
interface GstWavEnc extends GstElement {
}
interface GstWaveScope extends GstAudioVisualizer {
  /** default dots */ style?: KindGstWaveScopeStyle
}
interface GstWavpackDec extends GstAudioDecoder {
}
interface GstWavpackEnc extends GstAudioEncoder {
  /** default normal */ mode?: KindGstWavpackEncMode
  /** 0 … 9600000; default 0 */ bitrate?: number
  /** 0 … 24; default 0 */ 'bits-per-sample'?: number
  /** default off */ 'correction-mode'?: KindGstWavpackEncCorrectionMode
  /** default false */ md5?: boolean
  /** 0 … 6; default 0 */ 'extra-processing'?: number
  /** default auto */ 'joint-stereo-mode'?: KindGstWavpackEncJSMode
}
interface GstWavpackParse extends GstBaseParse {
}
interface GstWavParse extends GstElement {
  /** default false */ 'ignore-length'?: boolean
}
interface GstWaylandSink extends GstVideoSink {
  display?: string
  /** default false */ fullscreen?: boolean
  /** default identity */ 'rotate-method'?: KindGstVideoOrientationMethod
  'render-rectangle'?: string
}
interface GstWebMMux extends GstMatroskaMux {
}
interface GstWebPDec extends GstVideoDecoder {
  /** default false */ 'bypass-filtering'?: boolean
  /** default false */ 'no-fancy-upsampling'?: boolean
  /** default false */ 'use-threads'?: boolean
}
interface GstWebpEnc extends GstVideoEncoder {
  /** default false */ lossless?: boolean
  /** 0 … 100; default 90 */ quality?: number
  /** 0 … 6; default 4 */ speed?: number
  /** default photo */ preset?: KindGstWebpEncPreset
}
interface GstWebRTCBin extends GstBin {
  'stun-server'?: string
  'turn-server'?: string
  /** default none */ 'bundle-policy'?: KindGstWebRTCBundlePolicy
  /** default all */ 'ice-transport-policy'?: KindGstWebRTCICETransportPolicy
  /** default 200 */ latency?: number
  'http-proxy'?: string
}
interface GstWebrtcDsp extends GstAudioFilter {
  probe?: string
  /** default true */ 'high-pass-filter'?: boolean
  /** default true */ 'echo-cancel'?: boolean
  /** default moderate */ 'echo-suppression-level'?: KindGstWebrtcEchoSuppressionLevel
  /** default true */ 'noise-suppression'?: boolean
  /** default moderate */ 'noise-suppression-level'?: KindGstWebrtcNoiseSuppressionLevel
  /** default true */ 'gain-control'?: boolean
  /** default false */ 'experimental-agc'?: boolean
  /** default true */ 'extended-filter'?: boolean
  /** default false */ 'delay-agnostic'?: boolean
  /** 0 … 31; default 3 */ 'target-level-dbfs'?: number
  /** 0 … 90; default 9 */ 'compression-gain-db'?: number
  /** 12 … 255; default 12 */ 'startup-min-volume'?: number
  /** default true */ limiter?: boolean
  /** default adaptive-digital */ 'gain-control-mode'?: KindGstWebrtcGainControlMode
  /** default false */ 'voice-detection'?: boolean
  /** 10 … 30; default 10 */ 'voice-detection-frame-size-ms'?: number
  /** default low */ 'voice-detection-likelihood'?: KindGstWebrtcVoiceDetectionLikelihood
}
interface GstWebrtcEchoProbe extends GstAudioFilter {
}
interface GstWebvttEnc extends GstElement {
  /** default 0 */ timestamp?: Long
  /** default 0 */ duration?: Long
}
interface GstWildmidiDec extends GstNonstreamAudioDecoder {
  /** default true */ 'log-volume-scale'?: boolean
  /** default true */ 'enhanced-resampling'?: boolean
  /** default false */ reverb?: boolean
  /** 1 … 1073741823; default 1024 */ 'output-buffer-size'?: number
}
interface GstWrapperCameraBinSrc extends GstBaseCameraSrc {
}
interface GstX264Enc extends GstVideoEncoder {
  /** 0 … 2147483647; default 0 */ threads?: number
  /** default false */ 'sliced-threads'?: boolean
  /** -1 … 250; default -1 */ 'sync-lookahead'?: number
  /** default cbr */ pass?: KindGstX264EncPass
  /** 0 … 50; default 21 */ quantizer?: number
  'multipass-cache-file'?: string
  /** default false */ 'byte-stream'?: boolean
  /** 1 … 2048000; default 2048 */ bitrate?: number
  /** default false */ 'intra-refresh'?: boolean
  /** 0 … 10000; default 600 */ 'vbv-buf-capacity'?: number
  /** default hex */ me?: KindGstX264EncMe
  /** 1 … 10; default 1 */ subme?: number
  analyse?: KindGstX264EncAnalyse
  /** default false */ dct8x8?: boolean
  /** 1 … 16; default 3 */ ref?: number
  /** 0 … 16; default 0 */ bframes?: number
  /** default true */ 'b-adapt'?: boolean
  /** default false */ 'b-pyramid'?: boolean
  /** default false */ weightb?: boolean
  /** 0 … 31; default 0 */ 'sps-id'?: number
  /** default true */ aud?: boolean
  /** default true */ trellis?: boolean
  /** 0 … 2147483647; default 0 */ 'key-int-max'?: number
  /** default true */ cabac?: boolean
  /** 0 … 63; default 10 */ 'qp-min'?: number
  /** 0 … 63; default 51 */ 'qp-max'?: number
  /** 0 … 63; default 4 */ 'qp-step'?: number
  /** 0 … 2; default 1.4 */ 'ip-factor'?: number
  /** 0 … 2; default 1.3 */ 'pb-factor'?: number
  /** default true */ 'mb-tree'?: boolean
  /** 0 … 250; default 40 */ 'rc-lookahead'?: number
  /** 0 … 100000; default 0 */ 'noise-reduction'?: number
  /** default false */ interlaced?: boolean
  'option-string'?: string
  /** default medium */ 'speed-preset'?: KindGstX264EncPreset
  /** default none */ 'psy-tune'?: KindGstX264EncPsyTune
  tune?: KindGstX264EncTune
  /** default auto */ 'frame-packing'?: KindGstX264EncFramePacking
  /** default true */ 'insert-vui'?: boolean
}
interface GstX265Enc extends GstVideoEncoder {
  /** 1 … 102400; default 2048 */ bitrate?: number
  /** -1 … 51; default -1 */ qp?: number
  'option-string'?: string
  /** default none */ 'log-level'?: KindGstX265LogLevel
  /** default medium */ 'speed-preset'?: KindGstX265SpeedPreset
  /** default ssim */ tune?: KindGstX265Tune
  /** at least 0; default 0 */ 'key-int-max'?: number
}
interface GstXImageSink extends GstVideoSink {
  display?: string
  /** default false */ synchronous?: boolean
  'pixel-aspect-ratio'?: string
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default true */ 'handle-events'?: boolean
  /** default true */ 'handle-expose'?: boolean
}
interface GstXImageSrc extends GstPushSrc {
  'display-name'?: string
  /** default true */ 'show-pointer'?: boolean
  /** default true */ 'use-damage'?: boolean
  /** 0 … 2147483647; default 0 */ startx?: number
  /** 0 … 2147483647; default 0 */ starty?: number
  /** 0 … 2147483647; default 0 */ endx?: number
  /** 0 … 2147483647; default 0 */ endy?: number
  /** default false */ remote?: boolean
  /** default 0 */ xid?: Long
  xname?: string
}
interface GstXingMux extends GstElement {
}
interface GstXvImageSink extends GstVideoSink {
  /** -1000 … 1000; default 0 */ contrast?: number
  /** -1000 … 1000; default 0 */ brightness?: number
  /** -1000 … 1000; default 0 */ hue?: number
  /** -1000 … 1000; default 0 */ saturation?: number
  display?: string
  /** default false */ synchronous?: boolean
  'pixel-aspect-ratio'?: string
  /** default true */ 'force-aspect-ratio'?: boolean
  /** default true */ 'handle-events'?: boolean
  device?: string
  /** default true */ 'handle-expose'?: boolean
  /** default true */ 'double-buffer'?: boolean
  /** default true */ 'autopaint-colorkey'?: boolean
  /** default 0 */ colorkey?: number
  /** default true */ 'draw-borders'?: boolean
  'render-rectangle'?: string
}
interface GstY4mDec extends GstElement {
}
interface GstY4mEncode extends GstVideoEncoder {
}
interface GstZBar extends GstVideoFilter {
  /** default true */ message?: boolean
  /** default false */ 'attach-frame'?: boolean
  /** default false */ cache?: boolean
}
interface GstZebraStripe extends GstVideoFilter {
  /** 0 … 100; default 90 */ threshold?: number
}
interface GstZXing extends GstVideoFilter {
  /** default true */ message?: boolean
  /** default false */ 'attach-frame'?: boolean
  /** default false */ 'try-rotate'?: boolean
  /** default false */ 'try-faster'?: boolean
  /** default all */ format?: KindGstBarCodeFormat
}
/** Every element of the Debian packages that set-up installs, with its properties. */
export interface Elements {
  '3gppmux': Gst3GPPMux
  a2dpsink: GstA2dpSink
  a52dec: GstA52Dec
  aacparse: GstAacParse
  aasink: GstAASink
  aatv: GstAATv
  ac3parse: GstAc3Parse
  accurip: GstAccurip
  adder: GstAdder
  adpcmdec: ADPCMDec
  adpcmenc: ADPCMEnc
  aesdec: GstAesDec
  aesenc: GstAesEnc
  agingtv: GstAgingTV
  aiffmux: GstAiffMux
  aiffparse: GstAiffParse
  alawdec: GstALawDec
  alawenc: GstALawEnc
  alpha: GstAlpha
  alphacolor: GstAlphaColor
  alphacombine: GstAlphaCombine
  amrnbdec: GstAmrnbDec
  amrnbenc: GstAmrnbEnc
  amrparse: GstAmrParse
  amrwbdec: GstAmrwbDec
  apedemux: GstApeDemux
  apev2mux: GstApev2Mux
  appsink: GstAppSink
  appsrc: GstAppSrc
  asfdemux: GstASFDemux
  asfmux: GstAsfMux
  asfparse: GstAsfParse
  aspectratiocrop: GstAspectRatioCrop
  assrender: GstAssRender
  asteriskh263: GstAsteriskh263
  atscmux: GstATSCMux
  audioamplify: GstAudioAmplify
  audiobuffersplit: GstAudioBufferSplit
  audiochannelmix: GstAudioChannelMix
  audiochebband: GstAudioChebBand
  audiocheblimit: GstAudioChebLimit
  audioconvert: GstAudioConvert
  audiodynamic: GstAudioDynamic
  audioecho: GstAudioEcho
  audiofirfilter: GstAudioFIRFilter
  audioiirfilter: GstAudioIIRFilter
  audiointerleave: GstAudioInterleave
  audioinvert: GstAudioInvert
  audiokaraoke: GstAudioKaraoke
  audiolatency: GstAudioLatency
  audiomixer: GstAudioMixer
  audiomixmatrix: GstAudioMixMatrix
  audiopanorama: GstAudioPanorama
  audioparse: GstAudioParse
  audiorate: GstAudioRate
  audioresample: GstAudioResample
  audiosegmentclip: GstAudioSegmentClip
  audiotestsrc: GstAudioTestSrc
  audiowsincband: GstAudioWSincBand
  audiowsinclimit: GstAudioWSincLimit
  auparse: GstAuParse
  autoaudiosink: GstAutoAudioSink
  autoaudiosrc: GstAutoAudioSrc
  autoconvert: GstAutoConvert
  autovideoconvert: GstAutoVideoConvert
  autovideosink: GstAutoVideoSink
  autovideosrc: GstAutoVideoSrc
  av1dec: GstAV1Dec
  av1enc: GstAV1Enc
  av1parse: GstAV1Parse
  avdec_4xm: avdec_4xm
  avdec_8bps: avdec_8bps
  avdec_8svx_exp: avdec_8svx_exp
  avdec_8svx_fib: avdec_8svx_fib
  avdec_aac: avdec_aac
  avdec_aac_fixed: avdec_aac_fixed
  avdec_aac_latm: avdec_aac_latm
  avdec_aasc: avdec_aasc
  avdec_ac3: avdec_ac3
  avdec_ac3_fixed: avdec_ac3_fixed
  avdec_acelp_kelvin: avdec_acelp_kelvin
  avdec_adpcm_4xm: avdec_adpcm_4xm
  avdec_adpcm_adx: avdec_adpcm_adx
  avdec_adpcm_afc: avdec_adpcm_afc
  avdec_adpcm_agm: avdec_adpcm_agm
  avdec_adpcm_aica: avdec_adpcm_aica
  avdec_adpcm_argo: avdec_adpcm_argo
  avdec_adpcm_ct: avdec_adpcm_ct
  avdec_adpcm_dtk: avdec_adpcm_dtk
  avdec_adpcm_ea: avdec_adpcm_ea
  avdec_adpcm_ea_maxis_xa: avdec_adpcm_ea_maxis_xa
  avdec_adpcm_ea_r1: avdec_adpcm_ea_r1
  avdec_adpcm_ea_r2: avdec_adpcm_ea_r2
  avdec_adpcm_ea_r3: avdec_adpcm_ea_r3
  avdec_adpcm_ea_xas: avdec_adpcm_ea_xas
  avdec_adpcm_ima_acorn: avdec_adpcm_ima_acorn
  avdec_adpcm_ima_alp: avdec_adpcm_ima_alp
  avdec_adpcm_ima_amv: avdec_adpcm_ima_amv
  avdec_adpcm_ima_apc: avdec_adpcm_ima_apc
  avdec_adpcm_ima_apm: avdec_adpcm_ima_apm
  avdec_adpcm_ima_cunning: avdec_adpcm_ima_cunning
  avdec_adpcm_ima_dat4: avdec_adpcm_ima_dat4
  avdec_adpcm_ima_dk3: avdec_adpcm_ima_dk3
  avdec_adpcm_ima_dk4: avdec_adpcm_ima_dk4
  avdec_adpcm_ima_ea_eacs: avdec_adpcm_ima_ea_eacs
  avdec_adpcm_ima_ea_sead: avdec_adpcm_ima_ea_sead
  avdec_adpcm_ima_iss: avdec_adpcm_ima_iss
  avdec_adpcm_ima_moflex: avdec_adpcm_ima_moflex
  avdec_adpcm_ima_mtf: avdec_adpcm_ima_mtf
  avdec_adpcm_ima_oki: avdec_adpcm_ima_oki
  avdec_adpcm_ima_qt: avdec_adpcm_ima_qt
  avdec_adpcm_ima_rad: avdec_adpcm_ima_rad
  avdec_adpcm_ima_smjpeg: avdec_adpcm_ima_smjpeg
  avdec_adpcm_ima_ssi: avdec_adpcm_ima_ssi
  avdec_adpcm_ima_wav: avdec_adpcm_ima_wav
  avdec_adpcm_ima_ws: avdec_adpcm_ima_ws
  avdec_adpcm_ms: avdec_adpcm_ms
  avdec_adpcm_mtaf: avdec_adpcm_mtaf
  avdec_adpcm_psx: avdec_adpcm_psx
  avdec_adpcm_sbpro_2: avdec_adpcm_sbpro_2
  avdec_adpcm_sbpro_3: avdec_adpcm_sbpro_3
  avdec_adpcm_sbpro_4: avdec_adpcm_sbpro_4
  avdec_adpcm_swf: avdec_adpcm_swf
  avdec_adpcm_thp: avdec_adpcm_thp
  avdec_adpcm_thp_le: avdec_adpcm_thp_le
  avdec_adpcm_vima: avdec_adpcm_vima
  avdec_adpcm_xa: avdec_adpcm_xa
  avdec_adpcm_yamaha: avdec_adpcm_yamaha
  avdec_adpcm_zork: avdec_adpcm_zork
  avdec_agm: avdec_agm
  avdec_aic: avdec_aic
  avdec_alac: avdec_alac
  avdec_alias_pix: avdec_alias_pix
  avdec_als: avdec_als
  avdec_amrnb: avdec_amrnb
  avdec_amrwb: avdec_amrwb
  avdec_amv: avdec_amv
  avdec_anm: avdec_anm
  avdec_ansi: avdec_ansi
  avdec_ape: avdec_ape
  avdec_apng: avdec_apng
  avdec_aptx: avdec_aptx
  avdec_aptx_hd: avdec_aptx_hd
  avdec_arbc: avdec_arbc
  avdec_argo: avdec_argo
  avdec_asv1: avdec_asv1
  avdec_asv2: avdec_asv2
  avdec_atrac1: avdec_atrac1
  avdec_atrac3: avdec_atrac3
  avdec_atrac3al: avdec_atrac3al
  avdec_atrac3plus: avdec_atrac3plus
  avdec_atrac3plusal: avdec_atrac3plusal
  avdec_atrac9: avdec_atrac9
  avdec_aura: avdec_aura
  avdec_aura2: avdec_aura2
  avdec_avrn: avdec_avrn
  avdec_avrp: avdec_avrp
  avdec_avs: avdec_avs
  avdec_avui: avdec_avui
  avdec_bethsoftvid: avdec_bethsoftvid
  avdec_bfi: avdec_bfi
  avdec_binkaudio_dct: avdec_binkaudio_dct
  avdec_binkaudio_rdft: avdec_binkaudio_rdft
  avdec_binkvideo: avdec_binkvideo
  avdec_bintext: avdec_bintext
  avdec_bitpacked: avdec_bitpacked
  avdec_bmp: avdec_bmp
  avdec_bmv_audio: avdec_bmv_audio
  avdec_bmv_video: avdec_bmv_video
  avdec_brender_pix: avdec_brender_pix
  avdec_c93: avdec_c93
  avdec_camstudio: avdec_camstudio
  avdec_camtasia: avdec_camtasia
  avdec_cavs: avdec_cavs
  avdec_cdtoons: avdec_cdtoons
  avdec_cdxl: avdec_cdxl
  avdec_cfhd: avdec_cfhd
  avdec_cinepak: avdec_cinepak
  avdec_clearvideo: avdec_clearvideo
  avdec_cljr: avdec_cljr
  avdec_cllc: avdec_cllc
  avdec_comfortnoise: avdec_comfortnoise
  avdec_cook: avdec_cook
  avdec_cpia: avdec_cpia
  avdec_cri: avdec_cri
  avdec_cyuv: avdec_cyuv
  avdec_dca: avdec_dca
  avdec_dds: avdec_dds
  avdec_derf_dpcm: avdec_derf_dpcm
  avdec_dfa: avdec_dfa
  avdec_dfpwm: avdec_dfpwm
  avdec_dirac: avdec_dirac
  avdec_dnxhd: avdec_dnxhd
  avdec_dolby_e: avdec_dolby_e
  avdec_dpx: avdec_dpx
  avdec_dsd_lsbf: avdec_dsd_lsbf
  avdec_dsd_lsbf_planar: avdec_dsd_lsbf_planar
  avdec_dsd_msbf: avdec_dsd_msbf
  avdec_dsd_msbf_planar: avdec_dsd_msbf_planar
  avdec_dsicinaudio: avdec_dsicinaudio
  avdec_dsicinvideo: avdec_dsicinvideo
  avdec_dss_sp: avdec_dss_sp
  avdec_dst: avdec_dst
  avdec_dvaudio: avdec_dvaudio
  avdec_dvvideo: avdec_dvvideo
  avdec_dxa: avdec_dxa
  avdec_dxtory: avdec_dxtory
  avdec_dxv: avdec_dxv
  avdec_eac3: avdec_eac3
  avdec_eacmv: avdec_eacmv
  avdec_eamad: avdec_eamad
  avdec_eatgq: avdec_eatgq
  avdec_eatgv: avdec_eatgv
  avdec_eatqi: avdec_eatqi
  avdec_escape124: avdec_escape124
  avdec_escape130: avdec_escape130
  avdec_evrc: avdec_evrc
  avdec_exr: avdec_exr
  avdec_fastaudio: avdec_fastaudio
  avdec_ffv1: avdec_ffv1
  avdec_ffvhuff: avdec_ffvhuff
  avdec_fic: avdec_fic
  avdec_fits: avdec_fits
  avdec_flac: avdec_flac
  avdec_flashsv: avdec_flashsv
  avdec_flashsv2: avdec_flashsv2
  avdec_flic: avdec_flic
  avdec_flv: avdec_flv
  avdec_fmvc: avdec_fmvc
  avdec_fraps: avdec_fraps
  avdec_frwu: avdec_frwu
  avdec_g2m: avdec_g2m
  avdec_g722: avdec_g722
  avdec_g723_1: avdec_g723_1
  avdec_g726: avdec_g726
  avdec_g726le: avdec_g726le
  avdec_g729: avdec_g729
  avdec_gdv: avdec_gdv
  avdec_gem: avdec_gem
  avdec_gif: avdec_gif
  avdec_gremlin_dpcm: avdec_gremlin_dpcm
  avdec_gsm: avdec_gsm
  avdec_gsm_ms: avdec_gsm_ms
  avdec_h261: avdec_h261
  avdec_h263: avdec_h263
  avdec_h263i: avdec_h263i
  avdec_h263p: avdec_h263p
  avdec_h264: avdec_h264
  avdec_h265: avdec_h265
  avdec_hap: avdec_hap
  avdec_hca: avdec_hca
  avdec_hcom: avdec_hcom
  avdec_hnm4video: avdec_hnm4video
  avdec_hq_hqa: avdec_hq_hqa
  avdec_hqx: avdec_hqx
  avdec_huffyuv: avdec_huffyuv
  avdec_hymt: avdec_hymt
  avdec_iac: avdec_iac
  avdec_idcinvideo: avdec_idcinvideo
  avdec_idf: avdec_idf
  avdec_iff: avdec_iff
  avdec_ilbc: avdec_ilbc
  avdec_imc: avdec_imc
  avdec_imm4: avdec_imm4
  avdec_imm5: avdec_imm5
  avdec_indeo2: avdec_indeo2
  avdec_indeo3: avdec_indeo3
  avdec_indeo4: avdec_indeo4
  avdec_indeo5: avdec_indeo5
  avdec_interplay_dpcm: avdec_interplay_dpcm
  avdec_interplayacm: avdec_interplayacm
  avdec_interplayvideo: avdec_interplayvideo
  avdec_ipu: avdec_ipu
  avdec_jpeg2000: avdec_jpeg2000
  avdec_jpegls: avdec_jpegls
  avdec_jv: avdec_jv
  avdec_kgv1: avdec_kgv1
  avdec_kmvc: avdec_kmvc
  avdec_lagarith: avdec_lagarith
  avdec_loco: avdec_loco
  avdec_lscr: avdec_lscr
  avdec_m101: avdec_m101
  avdec_mace3: avdec_mace3
  avdec_mace6: avdec_mace6
  avdec_magicyuv: avdec_magicyuv
  avdec_mdec: avdec_mdec
  avdec_metasound: avdec_metasound
  avdec_mimic: avdec_mimic
  avdec_mjpeg: avdec_mjpeg
  avdec_mjpegb: avdec_mjpegb
  avdec_mlp: avdec_mlp
  avdec_mmvideo: avdec_mmvideo
  avdec_mobiclip: avdec_mobiclip
  avdec_motionpixels: avdec_motionpixels
  avdec_mp1float: avdec_mp1float
  avdec_mp2float: avdec_mp2float
  avdec_mp3: avdec_mp3
  avdec_mp3adu: avdec_mp3adu
  avdec_mp3adufloat: avdec_mp3adufloat
  avdec_mp3float: avdec_mp3float
  avdec_mp3on4: avdec_mp3on4
  avdec_mp3on4float: avdec_mp3on4float
  avdec_mpc7: avdec_mpc7
  avdec_mpc8: avdec_mpc8
  avdec_mpeg2video: avdec_mpeg2video
  avdec_mpeg4: avdec_mpeg4
  avdec_mpegvideo: avdec_mpegvideo
  avdec_msa1: avdec_msa1
  avdec_mscc: avdec_mscc
  avdec_msmpeg4: avdec_msmpeg4
  avdec_msmpeg4v1: avdec_msmpeg4v1
  avdec_msmpeg4v2: avdec_msmpeg4v2
  avdec_msnsiren: avdec_msnsiren
  avdec_msp2: avdec_msp2
  avdec_msrle: avdec_msrle
  avdec_mss1: avdec_mss1
  avdec_mss2: avdec_mss2
  avdec_msvideo1: avdec_msvideo1
  avdec_mszh: avdec_mszh
  avdec_mts2: avdec_mts2
  avdec_mv30: avdec_mv30
  avdec_mvc1: avdec_mvc1
  avdec_mvc2: avdec_mvc2
  avdec_mvdv: avdec_mvdv
  avdec_mvha: avdec_mvha
  avdec_mwsc: avdec_mwsc
  avdec_mxpeg: avdec_mxpeg
  avdec_nellymoser: avdec_nellymoser
  avdec_notchlc: avdec_notchlc
  avdec_nuv: avdec_nuv
  avdec_on2avc: avdec_on2avc
  avdec_opus: avdec_opus
  avdec_paf_audio: avdec_paf_audio
  avdec_paf_video: avdec_paf_video
  avdec_pam: avdec_pam
  avdec_pbm: avdec_pbm
  avdec_pcm_lxf: avdec_pcm_lxf
  avdec_pcm_sga: avdec_pcm_sga
  avdec_pcm_vidc: avdec_pcm_vidc
  avdec_pcx: avdec_pcx
  avdec_pfm: avdec_pfm
  avdec_pgm: avdec_pgm
  avdec_pgmyuv: avdec_pgmyuv
  avdec_pgx: avdec_pgx
  avdec_phm: avdec_phm
  avdec_photocd: avdec_photocd
  avdec_pictor: avdec_pictor
  avdec_pixlet: avdec_pixlet
  avdec_png: avdec_png
  avdec_ppm: avdec_ppm
  avdec_prores: avdec_prores
  avdec_prosumer: avdec_prosumer
  avdec_psd: avdec_psd
  avdec_ptx: avdec_ptx
  avdec_qcelp: avdec_qcelp
  avdec_qdm2: avdec_qdm2
  avdec_qdmc: avdec_qdmc
  avdec_qdraw: avdec_qdraw
  avdec_qoi: avdec_qoi
  avdec_qpeg: avdec_qpeg
  avdec_qtrle: avdec_qtrle
  avdec_r10k: avdec_r10k
  avdec_ralf: avdec_ralf
  avdec_rasc: avdec_rasc
  avdec_real_144: avdec_real_144
  avdec_real_288: avdec_real_288
  avdec_rl2: avdec_rl2
  avdec_roq_dpcm: avdec_roq_dpcm
  avdec_roqvideo: avdec_roqvideo
  avdec_rpza: avdec_rpza
  avdec_rscc: avdec_rscc
  avdec_rv10: avdec_rv10
  avdec_rv20: avdec_rv20
  avdec_rv30: avdec_rv30
  avdec_rv40: avdec_rv40
  avdec_s302m: avdec_s302m
  avdec_sanm: avdec_sanm
  avdec_sbc: avdec_sbc
  avdec_scpr: avdec_scpr
  avdec_screenpresso: avdec_screenpresso
  avdec_sdx2_dpcm: avdec_sdx2_dpcm
  avdec_sga: avdec_sga
  avdec_sgi: avdec_sgi
  avdec_sgirle: avdec_sgirle
  avdec_sheervideo: avdec_sheervideo
  avdec_shorten: avdec_shorten
  avdec_simbiosis_imx: avdec_simbiosis_imx
  avdec_sipr: avdec_sipr
  avdec_siren: avdec_siren
  avdec_smackaud: avdec_smackaud
  avdec_smackvid: avdec_smackvid
  avdec_smc: avdec_smc
  avdec_smvjpeg: avdec_smvjpeg
  avdec_snow: avdec_snow
  avdec_sol_dpcm: avdec_sol_dpcm
  avdec_sonic: avdec_sonic
  avdec_sp5x: avdec_sp5x
  avdec_speedhq: avdec_speedhq
  avdec_speex: avdec_speex
  avdec_srgc: avdec_srgc
  avdec_sunrast: avdec_sunrast
  avdec_svq1: avdec_svq1
  avdec_svq3: avdec_svq3
  avdec_tak: avdec_tak
  avdec_targa: avdec_targa
  avdec_targa_y216: avdec_targa_y216
  avdec_tdsc: avdec_tdsc
  avdec_thp: avdec_thp
  avdec_tiertexseqvideo: avdec_tiertexseqvideo
  avdec_tiff: avdec_tiff
  avdec_tmv: avdec_tmv
  avdec_truehd: avdec_truehd
  avdec_truemotion1: avdec_truemotion1
  avdec_truemotion2: avdec_truemotion2
  avdec_truemotion2rt: avdec_truemotion2rt
  avdec_truespeech: avdec_truespeech
  avdec_tscc2: avdec_tscc2
  avdec_tta: avdec_tta
  avdec_twinvq: avdec_twinvq
  avdec_txd: avdec_txd
  avdec_ultimotion: avdec_ultimotion
  avdec_utvideo: avdec_utvideo
  avdec_vb: avdec_vb
  avdec_vble: avdec_vble
  avdec_vbn: avdec_vbn
  avdec_vc1: avdec_vc1
  avdec_vc1image: avdec_vc1image
  avdec_vcr1: avdec_vcr1
  avdec_vmdaudio: avdec_vmdaudio
  avdec_vmdvideo: avdec_vmdvideo
  avdec_vmnc: avdec_vmnc
  avdec_vp3: avdec_vp3
  avdec_vp4: avdec_vp4
  avdec_vp5: avdec_vp5
  avdec_vp6: avdec_vp6
  avdec_vp6a: avdec_vp6a
  avdec_vp6f: avdec_vp6f
  avdec_vp7: avdec_vp7
  avdec_vp8: avdec_vp8
  avdec_vp9: avdec_vp9
  avdec_vqavideo: avdec_vqavideo
  avdec_wavesynth: avdec_wavesynth
  avdec_wcmv: avdec_wcmv
  avdec_webp: avdec_webp
  avdec_wmalossless: avdec_wmalossless
  avdec_wmapro: avdec_wmapro
  avdec_wmav1: avdec_wmav1
  avdec_wmav2: avdec_wmav2
  avdec_wmavoice: avdec_wmavoice
  avdec_wmv1: avdec_wmv1
  avdec_wmv2: avdec_wmv2
  avdec_wmv3: avdec_wmv3
  avdec_wmv3image: avdec_wmv3image
  avdec_wnv1: avdec_wnv1
  avdec_ws_snd1: avdec_ws_snd1
  avdec_xan_dpcm: avdec_xan_dpcm
  avdec_xan_wc3: avdec_xan_wc3
  avdec_xan_wc4: avdec_xan_wc4
  avdec_xbin: avdec_xbin
  avdec_xbm: avdec_xbm
  avdec_xface: avdec_xface
  avdec_xl: avdec_xl
  avdec_xma1: avdec_xma1
  avdec_xma2: avdec_xma2
  avdec_xpm: avdec_xpm
  avdec_xwd: avdec_xwd
  avdec_ylc: avdec_ylc
  avdec_yop: avdec_yop
  avdec_zerocodec: avdec_zerocodec
  avdec_zmbv: avdec_zmbv
  avdeinterlace: GstFFMpegDeinterlace
  avdemux_4xm: avdemux_4xm
  avdemux_aiff: avdemux_aiff
  avdemux_ape: avdemux_ape
  avdemux_avs: avdemux_avs
  avdemux_bfstm: avdemux_bfstm
  avdemux_brstm: avdemux_brstm
  avdemux_daud: avdemux_daud
  avdemux_dsf: avdemux_dsf
  avdemux_ea: avdemux_ea
  avdemux_film_cpk: avdemux_film_cpk
  avdemux_gif: avdemux_gif
  avdemux_gxf: avdemux_gxf
  avdemux_idcin: avdemux_idcin
  avdemux_iff: avdemux_iff
  avdemux_ipmovie: avdemux_ipmovie
  avdemux_ivf: avdemux_ivf
  avdemux_mm: avdemux_mm
  avdemux_mmf: avdemux_mmf
  avdemux_mpc: avdemux_mpc
  avdemux_mpc8: avdemux_mpc8
  avdemux_mxf: avdemux_mxf
  avdemux_nsv: avdemux_nsv
  avdemux_nut: avdemux_nut
  avdemux_nuv: avdemux_nuv
  avdemux_psxstr: avdemux_psxstr
  avdemux_pva: avdemux_pva
  avdemux_smk: avdemux_smk
  avdemux_sol: avdemux_sol
  avdemux_tta: avdemux_tta
  avdemux_vmd: avdemux_vmd
  avdemux_voc: avdemux_voc
  avdemux_wc3movie: avdemux_wc3movie
  avdemux_wsaud: avdemux_wsaud
  avdemux_wsvqa: avdemux_wsvqa
  avdemux_xwma: avdemux_xwma
  avdemux_yuv4mpegpipe: avdemux_yuv4mpegpipe
  avdtpsink: GstAvdtpSink
  avdtpsrc: GstAvdtpSrc
  avenc_a64multi: avenc_a64multi
  avenc_a64multi5: avenc_a64multi5
  avenc_aac: avenc_aac
  avenc_ac3: avenc_ac3
  avenc_ac3_fixed: avenc_ac3_fixed
  avenc_adpcm_adx: avenc_adpcm_adx
  avenc_adpcm_argo: avenc_adpcm_argo
  avenc_adpcm_ima_alp: avenc_adpcm_ima_alp
  avenc_adpcm_ima_amv: avenc_adpcm_ima_amv
  avenc_adpcm_ima_apm: avenc_adpcm_ima_apm
  avenc_adpcm_ima_qt: avenc_adpcm_ima_qt
  avenc_adpcm_ima_ssi: avenc_adpcm_ima_ssi
  avenc_adpcm_ima_wav: avenc_adpcm_ima_wav
  avenc_adpcm_ima_ws: avenc_adpcm_ima_ws
  avenc_adpcm_ms: avenc_adpcm_ms
  avenc_adpcm_swf: avenc_adpcm_swf
  avenc_adpcm_yamaha: avenc_adpcm_yamaha
  avenc_alac: avenc_alac
  avenc_alias_pix: avenc_alias_pix
  avenc_amv: avenc_amv
  avenc_apng: avenc_apng
  avenc_aptx: avenc_aptx
  avenc_aptx_hd: avenc_aptx_hd
  avenc_asv1: avenc_asv1
  avenc_asv2: avenc_asv2
  avenc_avrp: avenc_avrp
  avenc_avui: avenc_avui
  avenc_bitpacked: avenc_bitpacked
  avenc_bmp: avenc_bmp
  avenc_cfhd: avenc_cfhd
  avenc_cinepak: avenc_cinepak
  avenc_cljr: avenc_cljr
  avenc_comfortnoise: avenc_comfortnoise
  avenc_dca: avenc_dca
  avenc_dfpwm: avenc_dfpwm
  avenc_dnxhd: avenc_dnxhd
  avenc_dpx: avenc_dpx
  avenc_dvvideo: avenc_dvvideo
  avenc_eac3: avenc_eac3
  avenc_exr: avenc_exr
  avenc_ffv1: avenc_ffv1
  avenc_ffvhuff: avenc_ffvhuff
  avenc_fits: avenc_fits
  avenc_flashsv: avenc_flashsv
  avenc_flashsv2: avenc_flashsv2
  avenc_flv: avenc_flv
  avenc_g722: avenc_g722
  avenc_g723_1: avenc_g723_1
  avenc_g726: avenc_g726
  avenc_g726le: avenc_g726le
  avenc_h261: avenc_h261
  avenc_h263: avenc_h263
  avenc_h263p: avenc_h263p
  avenc_h264_omx: avenc_h264_omx
  avenc_hap: avenc_hap
  avenc_huffyuv: avenc_huffyuv
  avenc_jpeg2000: avenc_jpeg2000
  avenc_jpegls: avenc_jpegls
  avenc_ljpeg: avenc_ljpeg
  avenc_magicyuv: avenc_magicyuv
  avenc_mjpeg: avenc_mjpeg
  avenc_mlp: avenc_mlp
  avenc_mp2: avenc_mp2
  avenc_mp2fixed: avenc_mp2fixed
  avenc_mpeg1video: avenc_mpeg1video
  avenc_mpeg2video: avenc_mpeg2video
  avenc_mpeg4: avenc_mpeg4
  avenc_mpeg4_omx: avenc_mpeg4_omx
  avenc_msmpeg4: avenc_msmpeg4
  avenc_msmpeg4v2: avenc_msmpeg4v2
  avenc_msvideo1: avenc_msvideo1
  avenc_nellymoser: avenc_nellymoser
  avenc_opus: avenc_opus
  avenc_pam: avenc_pam
  avenc_pbm: avenc_pbm
  avenc_pcm_vidc: avenc_pcm_vidc
  avenc_pcx: avenc_pcx
  avenc_pfm: avenc_pfm
  avenc_pgm: avenc_pgm
  avenc_pgmyuv: avenc_pgmyuv
  avenc_phm: avenc_phm
  avenc_png: avenc_png
  avenc_ppm: avenc_ppm
  avenc_prores: avenc_prores
  avenc_prores_aw: avenc_prores_aw
  avenc_prores_ks: avenc_prores_ks
  avenc_qoi: avenc_qoi
  avenc_qtrle: avenc_qtrle
  avenc_r10k: avenc_r10k
  avenc_real_144: avenc_real_144
  avenc_roq_dpcm: avenc_roq_dpcm
  avenc_roqvideo: avenc_roqvideo
  avenc_rpza: avenc_rpza
  avenc_rv10: avenc_rv10
  avenc_rv20: avenc_rv20
  avenc_s302m: avenc_s302m
  avenc_sbc: avenc_sbc
  avenc_sgi: avenc_sgi
  avenc_smc: avenc_smc
  avenc_snow: avenc_snow
  avenc_sonic: avenc_sonic
  avenc_sonicls: avenc_sonicls
  avenc_speedhq: avenc_speedhq
  avenc_sunrast: avenc_sunrast
  avenc_svq1: avenc_svq1
  avenc_targa: avenc_targa
  avenc_tiff: avenc_tiff
  avenc_truehd: avenc_truehd
  avenc_tta: avenc_tta
  avenc_utvideo: avenc_utvideo
  avenc_vbn: avenc_vbn
  avenc_vc2: avenc_vc2
  avenc_wavpack: avenc_wavpack
  avenc_wmav1: avenc_wmav1
  avenc_wmav2: avenc_wmav2
  avenc_wmv1: avenc_wmv1
  avenc_wmv2: avenc_wmv2
  avenc_xbm: avenc_xbm
  avenc_xface: avenc_xface
  avenc_xwd: avenc_xwd
  avenc_zmbv: avenc_zmbv
  avidemux: GstAviDemux
  avimux: GstAviMux
  avisubtitle: GstAviSubtitle
  avmux_3g2: avmux_3g2
  avmux_3gp: avmux_3gp
  avmux_a64: avmux_a64
  avmux_adts: avmux_adts
  avmux_adx: avmux_adx
  avmux_aiff: avmux_aiff
  avmux_alp: avmux_alp
  avmux_amr: avmux_amr
  avmux_amv: avmux_amv
  avmux_apm: avmux_apm
  avmux_apng: avmux_apng
  avmux_argo_asf: avmux_argo_asf
  avmux_argo_cvg: avmux_argo_cvg
  avmux_asf: avmux_asf
  avmux_asf_stream: avmux_asf_stream
  avmux_ast: avmux_ast
  avmux_au: avmux_au
  avmux_avi: avmux_avi
  avmux_avif: avmux_avif
  avmux_avm2: avmux_avm2
  avmux_avs3: avmux_avs3
  avmux_bit: avmux_bit
  avmux_caf: avmux_caf
  avmux_chromaprint: avmux_chromaprint
  avmux_codec2: avmux_codec2
  avmux_dash: avmux_dash
  avmux_daud: avmux_daud
  avmux_dv: avmux_dv
  avmux_dvd: avmux_dvd
  avmux_f4v: avmux_f4v
  avmux_film_cpk: avmux_film_cpk
  avmux_filmstrip: avmux_filmstrip
  avmux_fits: avmux_fits
  avmux_flv: avmux_flv
  avmux_gxf: avmux_gxf
  avmux_hash: avmux_hash
  avmux_hds: avmux_hds
  avmux_hls: avmux_hls
  avmux_ico: avmux_ico
  avmux_ilbc: avmux_ilbc
  avmux_ipod: avmux_ipod
  avmux_ircam: avmux_ircam
  avmux_ismv: avmux_ismv
  avmux_ivf: avmux_ivf
  avmux_kvag: avmux_kvag
  avmux_latm: avmux_latm
  avmux_matroska: avmux_matroska
  avmux_md5: avmux_md5
  avmux_mkvtimestamp_v2: avmux_mkvtimestamp_v2
  avmux_mmf: avmux_mmf
  avmux_mov: avmux_mov
  avmux_mp2: avmux_mp2
  avmux_mp3: avmux_mp3
  avmux_mp4: avmux_mp4
  avmux_mpeg: avmux_mpeg
  avmux_mpegts: avmux_mpegts
  avmux_mpjpeg: avmux_mpjpeg
  avmux_mxf: avmux_mxf
  avmux_mxf_d10: avmux_mxf_d10
  avmux_mxf_opatom: avmux_mxf_opatom
  avmux_nut: avmux_nut
  avmux_obu: avmux_obu
  avmux_oga: avmux_oga
  avmux_ogg: avmux_ogg
  avmux_ogv: avmux_ogv
  avmux_oma: avmux_oma
  avmux_opus: avmux_opus
  avmux_psp: avmux_psp
  avmux_rm: avmux_rm
  avmux_rso: avmux_rso
  avmux_rtsp: avmux_rtsp
  avmux_sap: avmux_sap
  avmux_smjpeg: avmux_smjpeg
  avmux_smoothstreaming: avmux_smoothstreaming
  avmux_sox: avmux_sox
  avmux_spdif: avmux_spdif
  avmux_spx: avmux_spx
  avmux_streamhash: avmux_streamhash
  avmux_svcd: avmux_svcd
  avmux_swf: avmux_swf
  avmux_tta: avmux_tta
  avmux_uncodedframecrc: avmux_uncodedframecrc
  avmux_vc1test: avmux_vc1test
  avmux_vcd: avmux_vcd
  avmux_vidc: avmux_vidc
  avmux_vob: avmux_vob
  avmux_voc: avmux_voc
  avmux_w64: avmux_w64
  avmux_wav: avmux_wav
  avmux_webp: avmux_webp
  avmux_wsaud: avmux_wsaud
  avmux_wtv: avmux_wtv
  avmux_yuv4mpegpipe: avmux_yuv4mpegpipe
  avwait: GstAvWait
  bayer2rgb: GstBayer2RGB
  bpmdetect: GstBPMDetect
  breakmydata: GstBreakMyData
  bs2b: GstBs2b
  bulge: GstBulge
  burn: GstBurn
  bz2dec: GstBz2dec
  bz2enc: GstBz2enc
  cacasink: GstCACASink
  cacatv: GstCACATv
  cairooverlay: GstCairoOverlay
  camerabin: GstCameraBin
  capsfilter: GstCapsFilter
  capssetter: GstCapsSetter
  cc708overlay: GstCeaCcOverlay
  cccombiner: GstCCCombiner
  ccconverter: GstCCConverter
  ccextractor: GstCCExtractor
  cdiocddasrc: GstCdioCddaSrc
  cdparanoiasrc: GstCdParanoiaSrc
  checksumsink: GstChecksumSink
  chopmydata: GstChopMyData
  chromahold: GstChromaHold
  chromaprint: GstChromaprint
  chromium: GstChromium
  circle: GstCircle
  clockoverlay: GstClockOverlay
  clockselect: GstClockSelect
  clocksync: GstClockSync
  codecalphademux: GstCodecAlphaDemux
  coloreffects: GstColorEffects
  combdetect: GstCombDetect
  compare: GstCompare
  compositor: GstCompositor
  concat: GstConcat
  cpureport: GstCpuReport
  curlfilesink: GstCurlFileSink
  curlftpsink: GstCurlFtpSink
  curlhttpsink: GstCurlHttpSink
  curlhttpsrc: GstCurlHttpSrc
  curlsftpsink: GstCurlSftpSink
  curlsmtpsink: GstCurlSmtpSink
  cutter: GstCutter
  dashdemux: GstDashDemux
  dashdemux2: GstDashDemux2
  dashsink: GstDashSink
  dataurisrc: GstDataURISrc
  dc1394src: GstDC1394Src
  dcaparse: GstDcaParse
  debugqroverlay: GstDebugQROverlay
  debugspy: GstDebugSpy
  decklinkaudiosink: GstDecklinkAudioSink
  decklinkaudiosrc: GstDecklinkAudioSrc
  decklinkvideosink: GstDecklinkVideoSink
  decklinkvideosrc: GstDecklinkVideoSrc
  decodebin: GstDecodeBin
  decodebin3: GstDecodebin3
  deinterlace: GstDeinterlace
  deinterleave: GstDeinterleave
  dfbvideosink: GstDfbVideoSink
  dicetv: GstDiceTV
  diffuse: GstDiffuse
  dilate: GstDilate
  diracparse: GstDiracParse
  dodge: GstDodge
  downloadbuffer: GstDownloadBuffer
  dtlsdec: GstDtlsDec
  dtlsenc: GstDtlsEnc
  dtlssrtpdec: GstDtlsSrtpDec
  dtlssrtpdemux: GstDtlsSrtpDemux
  dtlssrtpenc: GstDtlsSrtpEnc
  dtmfdetect: GstDtmfDetect
  dtmfsrc: GstDTMFSrc
  dtsdec: GstDtsDec
  dv1394src: GstDV1394Src
  dvbbasebin: DvbBaseBin
  dvbsrc: GstDvbSrc
  dvbsubenc: GstDvbSubEnc
  dvbsuboverlay: GstDVBSubOverlay
  dvdec: GstDVDec
  dvdemux: GstDVDemux
  dvdlpcmdec: GstDvdLpcmDec
  dvdreadsrc: GstDvdReadSrc
  dvdspu: GstDVDSpu
  dvdsubdec: GstDvdSubDec
  dvdsubparse: GstDvdSubParse
  dynudpsink: GstDynUDPSink
  edgetv: GstEdgeTV
  encodebin: GstEncodeBin
  encodebin2: GstEncodeBin2
  'equalizer-10bands': GstIirEqualizer10Bands
  'equalizer-3bands': GstIirEqualizer3Bands
  'equalizer-nbands': GstIirEqualizerNBands
  errorignore: GstErrorIgnore
  exclusion: GstExclusion
  faad: GstFaad
  faceoverlay: GstFaceOverlay
  fakeaudiosink: GstFakeAudioSink
  fakesink: GstFakeSink
  fakesrc: GstFakeSrc
  fakevideosink: GstFakeVideoSink
  fbdevsink: GstFBDEVSink
  fdsink: GstFdSink
  fdsrc: GstFdSrc
  festival: GstFestival
  fieldanalysis: GstFieldAnalysis
  filesink: GstFileSink
  filesrc: GstFileSrc
  fisheye: GstFisheye
  flacdec: GstFlacDec
  flacenc: GstFlacEnc
  flacparse: GstFlacParse
  flactag: GstFlacTag
  flitetestsrc: GstFliteTestSrc
  fluiddec: GstFluidDec
  flvdemux: GstFlvDemux
  flvmux: GstFlvMux
  flxdec: GstFlxDec
  fpsdisplaysink: GstFPSDisplaySink
  freeverb: GstFreeverb
  funnel: GstFunnel
  gamma: GstGamma
  gaussianblur: GstGaussianBlur
  gdkpixbufdec: GstGdkPixbufDec
  gdkpixbufoverlay: GstGdkPixbufOverlay
  gdkpixbufsink: GstGdkPixbufSink
  gdpdepay: GstGDPDepay
  gdppay: GstGDPPay
  giosink: GstGioSink
  giosrc: GstGioSrc
  giostreamsink: GstGioStreamSink
  giostreamsrc: GstGioStreamSrc
  gmedec: GstGmeDec
  goom: GstGoom
  goom2k1: GstGoom2k1
  gsmdec: GstGSMDec
  gsmenc: GstGSMEnc
  gtkwaylandsink: GstGtkWaylandSink
  h263parse: GstH263Parse
  h264parse: GstH264Parse
  h264timestamper: GstH264Timestamper
  h265parse: GstH265Parse
  h265timestamper: GstH265Timestamper
  hdv1394src: GstHDV1394Src
  hlsdemux: GstHLSDemux
  hlsdemux2: GstHLSDemux2
  hlssink: GstHlsSink
  hlssink2: GstHlsSink2
  icydemux: GstICYDemux
  id3demux: GstID3Demux
  id3mux: GstId3Mux
  id3v2mux: GstId3v2Mux
  identity: GstIdentity
  imagefreeze: GstImageFreeze
  imagesequencesrc: GstImageSequenceSrc
  'input-selector': GstInputSelector
  interaudiosink: GstInterAudioSink
  interaudiosrc: GstInterAudioSrc
  interlace: GstInterlace
  interleave: GstInterleave
  intersubsink: GstInterSubSink
  intersubsrc: GstInterSubSrc
  intervideosink: GstInterVideoSink
  intervideosrc: GstInterVideoSrc
  ipcpipelinesink: GstIpcPipelineSink
  ipcpipelinesrc: GstIpcPipelineSrc
  ipcslavepipeline: GstIpcSlavePipeline
  irtspparse: GstIRTSPParse
  ismlmux: GstISMLMux
  ivfparse: GstIvfParse
  ivtc: GstIvtc
  jackaudiosink: GstJackAudioSink
  jackaudiosrc: GstJackAudioSrc
  jifmux: GstJifMux
  jp2kdecimator: GstJP2kDecimator
  jpeg2000parse: GstJPEG2000Parse
  jpegdec: GstJpegDec
  jpegenc: GstJpegEnc
  jpegparse: GstJpegParse
  kaleidoscope: GstKaleidoscope
  katedec: GstKateDec
  kateenc: GstKateEnc
  kateparse: GstKateParse
  katetag: GstKateTag
  kmssink: GstKMSSink
  lamemp3enc: GstLameMP3Enc
  lcms: GstLcms
  ldacenc: GstLdacEnc
  level: GstLevel
  libde265dec: GstLibde265Dec
  line21decoder: GstLine21Decoder
  line21encoder: GstLine21Encoder
  liveadder: GstLiveAdder
  marble: GstMarble
  matroskademux: GstMatroskaDemux
  matroskamux: GstMatroskaMux
  matroskaparse: GstMatroskaParse
  midiparse: GstMidiParse
  mirror: GstMirror
  mj2mux: GstMJ2Mux
  modplug: GstModPlug
  monoscope: GstMonoscope
  mp4mux: GstMP4Mux
  mpeg2dec: GstMpeg2dec
  mpeg2enc: GstMpeg2enc
  mpeg4videoparse: GstMpeg4VParse
  mpegaudioparse: GstMpegAudioParse
  mpegpsdemux: GstMpegPSDemux
  mpegpsmux: MpegPsMux
  mpegtsmux: GstMpegTsMux
  mpegvideoparse: GstMpegvParse
  mpg123audiodec: GstMpg123AudioDec
  mplex: GstMplex
  mssdemux: GstMssDemux
  mssdemux2: GstMssDemux2
  mulawdec: GstMuLawDec
  mulawenc: GstMuLawEnc
  multifdsink: GstMultiFdSink
  multifilesink: GstMultiFileSink
  multifilesrc: GstMultiFileSrc
  multipartdemux: GstMultipartDemux
  multipartmux: GstMultipartMux
  multiqueue: GstMultiQueue
  multisocketsink: GstMultiSocketSink
  multiudpsink: GstMultiUDPSink
  musepackdec: GstMusepackDec
  mxfdemux: GstMXFDemux
  mxfmux: GstMXFMux
  navigationtest: GstNavigationtest
  navseek: GstNavSeek
  neonhttpsrc: GstNeonhttpSrc
  netsim: GstNetSim
  oggaviparse: GstOggAviParse
  oggdemux: GstOggDemux
  oggmux: GstOggMux
  oggparse: GstOggParse
  ogmaudioparse: GstOgmAudioParse
  ogmtextparse: GstOgmTextParse
  ogmvideoparse: GstOgmVideoParse
  openalsink: GstOpenALSink
  openalsrc: GstOpenalSrc
  openaptxdec: GstOpenaptxDec
  openaptxenc: GstOpenaptxEnc
  openexrdec: GstOpenEXRDec
  openh264dec: GstOpenh264Dec
  openh264enc: GstOpenh264Enc
  openjpegdec: GstOpenJPEGDec
  openjpegenc: GstOpenJPEGEnc
  openmptdec: GstOpenMptDec
  openni2src: GstOpenni2Src
  optv: GstOpTV
  opusdec: GstOpusDec
  opusenc: GstOpusEnc
  opusparse: GstOpusParse
  oss4sink: GstOss4Sink
  oss4src: GstOss4Source
  osssink: GstOssSink
  osssrc: GstOssSrc
  'output-selector': GstOutputSelector
  overlaycomposition: GstOverlayComposition
  parsebin: GstParseBin
  pcapparse: GstPcapParse
  perspective: GstPerspective
  pinch: GstPinch
  pitch: GstPitch
  playbin: GstPlayBin
  playbin3: GstPlayBin3
  playsink: GstPlaySink
  pngdec: GstPngDec
  pngenc: GstPngEnc
  pngparse: GstPngParse
  pnmdec: GstPnmdec
  pnmenc: GstPnmenc
  pnmsrc: GstPNMSrc
  progressreport: GstProgressReport
  proxysink: GstProxySink
  proxysrc: GstProxySrc
  pulsesink: GstPulseSink
  pulsesrc: GstPulseSrc
  pushfilesrc: GstPushFileSrc
  qroverlay: GstQROverlay
  qtdemux: GstQTDemux
  qtmoovrecover: GstQTMoovRecover
  qtmux: GstQTMux
  quarktv: GstQuarkTV
  queue: GstQueue
  queue2: GstQueue2
  rademux: GstRealAudioDemux
  radioactv: GstRadioacTV
  rawaudioparse: GstRawAudioParse
  rawvideoparse: GstRawVideoParse
  rdtdepay: GstRDTDepay
  rdtmanager: GstRDTManager
  removesilence: GstRemoveSilence
  revtv: GstRevTV
  rfbsrc: GstRfbSrc
  rganalysis: GstRgAnalysis
  rgb2bayer: GstRGB2Bayer
  rglimiter: GstRgLimiter
  rgvolume: GstRgVolume
  rippletv: GstRippleTV
  ristrtpdeext: GstRistRtpDeext
  ristrtpext: GstRistRtpExt
  ristrtxreceive: GstRistRtxReceive
  ristrtxsend: GstRistRtxSend
  ristsink: GstRistSink
  ristsrc: GstRistSrc
  rmdemux: GstRMDemux
  rndbuffersize: GstRndBufferSize
  rotate: GstRotate
  roundrobin: GstRoundRobin
  rsndvdbin: RsnDvdBin
  rsvgdec: GstRsvgDec
  rsvgoverlay: GstRsvgOverlay
  rtmp2sink: GstRtmp2Sink
  rtmp2src: GstRtmp2Src
  rtmpsink: GstRTMPSink
  rtmpsrc: GstRTMPSrc
  rtpL16depay: GstRtpL16Depay
  rtpL16pay: GstRtpL16Pay
  rtpL24depay: GstRtpL24Depay
  rtpL24pay: GstRtpL24Pay
  rtpL8depay: GstRtpL8Depay
  rtpL8pay: GstRtpL8Pay
  rtpac3depay: GstRtpAC3Depay
  rtpac3pay: GstRtpAC3Pay
  rtpamrdepay: GstRtpAMRDepay
  rtpamrpay: GstRtpAMRPay
  rtpasfdepay: GstRtpAsfDepay
  rtpasfpay: GstRtpAsfPay
  rtpbin: GstRtpBin
  rtpbvdepay: GstRTPBVDepay
  rtpbvpay: GstRTPBVPay
  rtpceltdepay: GstRtpCELTDepay
  rtpceltpay: GstRtpCELTPay
  rtpdec: GstRTPDec
  rtpdtmfdepay: GstRtpDTMFDepay
  rtpdtmfmux: GstRTPDTMFMux
  rtpdtmfsrc: GstRTPDTMFSrc
  rtpdvdepay: GstRTPDVDepay
  rtpdvpay: GstRTPDVPay
  rtpfunnel: GstRtpFunnel
  rtpg722depay: GstRtpG722Depay
  rtpg722pay: GstRtpG722Pay
  rtpg723depay: GstRtpG723Depay
  rtpg723pay: GstRTPG723Pay
  rtpg726depay: GstRtpG726Depay
  rtpg726pay: GstRtpG726Pay
  rtpg729depay: GstRtpG729Depay
  rtpg729pay: GstRTPG729Pay
  rtpgsmdepay: GstRTPGSMDepay
  rtpgsmpay: GstRTPGSMPay
  rtpgstdepay: GstRtpGSTDepay
  rtpgstpay: GstRtpGSTPay
  rtph261depay: GstRtpH261Depay
  rtph261pay: GstRtpH261Pay
  rtph263depay: GstRtpH263Depay
  rtph263pay: GstRtpH263Pay
  rtph263pdepay: GstRtpH263PDepay
  rtph263ppay: GstRtpH263PPay
  rtph264depay: GstRtpH264Depay
  rtph264pay: GstRtpH264Pay
  rtph265depay: GstRtpH265Depay
  rtph265pay: GstRtpH265Pay
  rtphdrextclientaudiolevel: GstRTPHeaderExtensionClientAudioLevel
  rtphdrextcolorspace: GstRTPHeaderExtensionColorspace
  rtphdrextmid: GstRTPHeaderExtensionMid
  rtphdrextntp64: GstRTPHeaderExtensionNtp64
  rtphdrextrepairedstreamid: GstRTPHeaderExtensionRepairedStreamId
  rtphdrextstreamid: GstRTPHeaderExtensionStreamId
  rtphdrexttwcc: GstRTPHeaderExtensionTWCC
  rtpilbcdepay: GstRTPiLBCDepay
  rtpilbcpay: GstRTPILBCPay
  rtpisacdepay: GstRtpIsacDepay
  rtpisacpay: GstRtpIsacPay
  rtpj2kdepay: GstRtpJ2KDepay
  rtpj2kpay: GstRtpJ2KPay
  rtpjitterbuffer: GstRtpJitterBuffer
  rtpjpegdepay: GstRtpJPEGDepay
  rtpjpegpay: GstRtpJPEGPay
  rtpklvdepay: GstRtpKlvDepay
  rtpklvpay: GstRtpKlvPay
  rtpldacpay: GstRtpLdacPay
  rtpmp1sdepay: GstRtpMP1SDepay
  rtpmp2tdepay: GstRtpMP2TDepay
  rtpmp2tpay: GstRTPMP2TPay
  rtpmp4adepay: GstRtpMP4ADepay
  rtpmp4apay: GstRtpMP4APay
  rtpmp4gdepay: GstRtpMP4GDepay
  rtpmp4gpay: GstRtpMP4GPay
  rtpmp4vdepay: GstRtpMP4VDepay
  rtpmp4vpay: GstRtpMP4VPay
  rtpmpadepay: GstRtpMPADepay
  rtpmpapay: GstRtpMPAPay
  rtpmparobustdepay: GstRtpMPARobustDepay
  rtpmpvdepay: GstRtpMPVDepay
  rtpmpvpay: GstRTPMPVPay
  rtpmux: GstRTPMux
  rtponvifparse: GstRtpOnvifParse
  rtponviftimestamp: GstRtpOnvifTimestamp
  rtpopusdepay: GstRTPOpusDepay
  rtpopuspay: GstRtpOPUSPay
  rtppcmadepay: GstRtpPcmaDepay
  rtppcmapay: GstRtpPcmaPay
  rtppcmudepay: GstRtpPcmuDepay
  rtppcmupay: GstRtpPcmuPay
  rtpptdemux: GstRtpPtDemux
  rtpqcelpdepay: GstRtpQCELPDepay
  rtpqdm2depay: GstRtpQDM2Depay
  rtpreddec: GstRtpRedDec
  rtpredenc: GstRtpRedEnc
  rtprtxqueue: GstRTPRtxQueue
  rtprtxreceive: GstRtpRtxReceive
  rtprtxsend: GstRtpRtxSend
  rtpsbcdepay: GstRtpSbcDepay
  rtpsbcpay: GstRtpSBCPay
  rtpsession: GstRtpSession
  rtpsink: GstRtpSink
  rtpsirendepay: GstRTPSirenDepay
  rtpsirenpay: GstRTPSirenPay
  rtpspeexdepay: GstRtpSPEEXDepay
  rtpspeexpay: GstRtpSPEEXPay
  rtpsrc: GstRtpSrc
  rtpssrcdemux: GstRtpSsrcDemux
  'rtpst2022-1-fecdec': GstRTPST_2022_1_FecDec
  'rtpst2022-1-fecenc': GstRTPST_2022_1_FecEnc
  rtpstorage: GstRtpStorage
  rtpstreamdepay: GstRtpStreamDepay
  rtpstreampay: GstRtpStreamPay
  rtpsv3vdepay: GstRtpSV3VDepay
  rtptheoradepay: GstRtpTheoraDepay
  rtptheorapay: GstRtpTheoraPay
  rtpulpfecdec: GstRtpUlpFecDec
  rtpulpfecenc: GstRtpUlpFecEnc
  rtpvorbisdepay: GstRtpVorbisDepay
  rtpvorbispay: GstRtpVorbisPay
  rtpvp8depay: GstRtpVP8Depay
  rtpvp8pay: GstRtpVP8Pay
  rtpvp9depay: GstRtpVP9Depay
  rtpvp9pay: GstRtpVP9Pay
  rtpvrawdepay: GstRtpVRawDepay
  rtpvrawpay: GstRtpVRawPay
  rtpxqtdepay: GstRtpXQTDepay
  rtspreal: GstRTSPReal
  rtspsrc: GstRTSPSrc
  rtspwms: GstRTSPWMS
  sbcdec: GstSbcDec
  sbcenc: GstSbcEnc
  sbcparse: GstSbcParse
  scaletempo: GstScaletempo
  scenechange: GstSceneChange
  sctpdec: GstSctpDec
  sctpenc: GstSctpEnc
  sdpdemux: GstSDPDemux
  sdpsrc: GstSdpSrc
  sfdec: GstSFDec
  shagadelictv: GstShagadelicTV
  shapewipe: GstShapeWipe
  shmsink: GstShmSink
  shmsrc: GstShmSrc
  shout2send: GstShout2send
  siddec: GstSidDec
  simplevideomark: GstSimpleVideoMark
  simplevideomarkdetect: GstSimpleVideoMarkDetect
  sirendec: GstSirenDec
  sirenenc: GstSirenEnc
  smooth: GstSmooth
  smpte: GstSMPTE
  smptealpha: GstSMPTEAlpha
  socketsrc: GstSocketSrc
  solarize: GstSolarize
  souphttpclientsink: GstSoupHttpClientSink
  souphttpsrc: GstSoupHTTPSrc
  spacescope: GstSpaceScope
  spanplc: GstSpanPlc
  spectrascope: GstSpectraScope
  spectrum: GstSpectrum
  speed: GstSpeed
  speexdec: GstSpeexDec
  speexenc: GstSpeexEnc
  sphere: GstSphere
  splitfilesrc: GstSplitFileSrc
  splitmuxsink: GstSplitMuxSink
  splitmuxsrc: GstSplitMuxSrc
  square: GstSquare
  srtclientsink: GstSRTClientSink
  srtclientsrc: GstSRTClientSrc
  srtenc: GstSrtEnc
  srtpdec: GstSrtpDec
  srtpenc: GstSrtpEnc
  srtserversink: GstSRTServerSink
  srtserversrc: GstSRTServerSrc
  srtsink: GstSRTSink
  srtsrc: GstSRTSrc
  ssaparse: GstSsaParse
  stereo: GstStereo
  streaktv: GstStreakTV
  streamiddemux: GstStreamidDemux
  streamsynchronizer: GstStreamSynchronizer
  stretch: GstStretch
  subparse: GstSubParse
  subtitleoverlay: GstSubtitleOverlay
  switchbin: GstSwitchBin
  synaescope: GstSynaeScope
  taginject: GstTagInject
  tcpclientsink: GstTCPClientSink
  tcpclientsrc: GstTCPClientSrc
  tcpserversink: GstTCPServerSink
  tcpserversrc: GstTCPServerSrc
  tee: GstTee
  teletextdec: GstTeletextDec
  testsink: GstTest
  testsrcbin: GstTestSrcBin
  textoverlay: GstTextOverlay
  textrender: GstTextRender
  theoradec: GstTheoraDec
  theoraenc: GstTheoraEnc
  theoraparse: GstTheoraParse
  timecodestamper: GstTimeCodeStamper
  timeoverlay: GstTimeOverlay
  tonegeneratesrc: GstToneGenerateSrc
  transcodebin: GstTranscodeBin
  tsdemux: GstTSDemux
  tsparse: MpegTSParse2
  ttmlparse: GstTtmlParse
  ttmlrender: GstTtmlRender
  tunnel: GstTunnel
  twirl: GstTwirl
  twolamemp2enc: GstTwoLame
  typefind: GstTypeFindElement
  udpsink: GstUDPSink
  udpsrc: GstUDPSrc
  unalignedaudioparse: GstUnalignedAudioParse
  unalignedvideoparse: GstUnalignedVideoParse
  uridecodebin: GstURIDecodeBin
  uridecodebin3: GstURIDecodeBin3
  urisourcebin: GstURISourceBin
  uritranscodebin: GstUriTranscodeBin
  uvch264mjpgdemux: GstUvcH264MjpgDemux
  uvch264src: GstUvcH264Src
  v4l2radio: GstV4l2Radio
  v4l2sink: GstV4l2Sink
  v4l2src: GstV4l2Src
  valve: GstValve
  vc1parse: GstVC1Parse
  vertigotv: GstVertigoTV
  videoanalyse: GstVideoAnalyse
  videobalance: GstVideoBalance
  videobox: GstVideoBox
  videocodectestsink: GstVideoCodecTestSink
  videoconvert: GstVideoConvert
  videoconvertscale: GstVideoConvertScale
  videocrop: GstVideoCrop
  videodiff: GstVideoDiff
  videoflip: GstVideoFlip
  'videoframe-audiolevel': GstVideoFrameAudioLevel
  videomedian: GstVideoMedian
  videomixer: GstVideoMixer2
  videoparse: GstVideoParse
  videorate: GstVideoRate
  videoscale: GstVideoScale
  videosegmentclip: GstVideoSegmentClip
  videotestsrc: GstVideoTestSrc
  viewfinderbin: GstViewfinderBin
  vmncdec: GstVMncDec
  voaacenc: GstVoAacEnc
  voamrwbenc: GstVoAmrWbEnc
  volume: GstVolume
  vorbisdec: GstVorbisDec
  vorbisenc: GstVorbisEnc
  vorbisparse: GstVorbisParse
  vorbistag: GstVorbisTag
  vp8alphadecodebin: GstVp8AlphaDecodeBin
  vp8dec: GstVP8Dec
  vp8enc: GstVP8Enc
  vp9alphadecodebin: GstVp9AlphaDecodeBin
  vp9dec: GstVP9Dec
  vp9enc: GstVP9Enc
  vp9parse: GstVp9Parse
  warptv: GstWarpTV
  watchdog: GstWatchdog
  waterripple: GstWaterRipple
  wavenc: GstWavEnc
  wavescope: GstWaveScope
  wavpackdec: GstWavpackDec
  wavpackenc: GstWavpackEnc
  wavpackparse: GstWavpackParse
  wavparse: GstWavParse
  waylandsink: GstWaylandSink
  webmmux: GstWebMMux
  webpdec: GstWebPDec
  webpenc: GstWebpEnc
  webrtcbin: GstWebRTCBin
  webrtcdsp: GstWebrtcDsp
  webrtcechoprobe: GstWebrtcEchoProbe
  webvttenc: GstWebvttEnc
  wildmididec: GstWildmidiDec
  wrappercamerabinsrc: GstWrapperCameraBinSrc
  x264enc: GstX264Enc
  x265enc: GstX265Enc
  ximagesink: GstXImageSink
  ximagesrc: GstXImageSrc
  xingmux: GstXingMux
  xvimagesink: GstXvImageSink
  y4mdec: GstY4mDec
  y4menc: GstY4mEncode
  zbar: GstZBar
  zebrastripe: GstZebraStripe
  zxing: GstZXing
}
